// SPDX-License-Identifier: Apache-2.0
#include "report/report_comparison.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/error.h"
#include "report/report_number.h"

namespace pgts::report {
namespace {

namespace fs = std::filesystem;

Json Number(const Json& from, const char* field) {
  const auto at = from.find(field);
  return at != from.end() && at->is_number() ? Rounded(at->get<double>()) : Json();
}

// Adds low and high.
void AddInterval(const Json& from, Json& to) {
  const Json interval = from.value("ci95", Json::array());
  const bool whole = interval.size() == 2 && interval[0].is_number() && interval[1].is_number();
  to["low"] = whole ? Rounded(interval[0]) : Json();
  to["high"] = whole ? Rounded(interval[1]) : Json();
}

Json PointJson(const Json& measured, const char* by) {
  const char* tokens = measured.contains("tokens_per_problem") ? "tokens_per_problem"
                                                               : "generated_tokens_per_problem";
  Json point = {{"at", Number(measured, by)},
                {"tokens", Number(measured, tokens)},
                {"accuracy", Number(measured, "accuracy")}};
  AddInterval(measured, point);
  point["answered"] = Number(measured, "answered");
  return point;
}

// A place in the picture: without both coordinates (nothing was recorded) there is none.
void AddPoint(const Json& measured, const char* by, Json& points) {
  const Json point = PointJson(measured, by);
  if (!point["tokens"].is_null() && !point["accuracy"].is_null()) points.push_back(point);
}

// `measured`: one point, or one for each column.
Json Method(const std::string& name, const Json& measured, const char* by) {
  Json points = Json::array();
  std::string setting;
  if (measured.is_array()) {
    for (const Json& one : measured) AddPoint(one, by, points);
  } else {
    AddPoint(measured, by, points);
    setting = measured.value("setting", "");
  }
  return {{"name", name}, {"setting", setting}, {"points", points}};
}

Json Pair(const Json& pair, const char* by) {
  Json out = {{"a", pair.at("a")},
              {"b", pair.at("b")},
              {"at", Number(pair, by)},
              {"difference", Number(pair, "difference")}};
  AddInterval(pair, out);
  return out;
}

Json Comparison(const Json& file, const std::string& title) {
  const bool priced = file.contains("prices") && !file.at("prices").at("methods").empty();
  const Json& summary = priced ? file.at("prices") : file;
  const char* by = priced ? "price" : "budget";
  Json methods = Json::array(), paired = Json::array();
  for (const auto& [name, measured] : summary.at("methods").items()) {
    Json method = Method(name, measured, by);
    if (!method["points"].empty()) methods.push_back(std::move(method));
  }
  for (const Json& pair : summary.value("paired", Json::array())) {
    paired.push_back(Pair(pair, by));
  }
  return {{"title", title},
          {"problems", Number(summary, "problems")},
          {"by", by},
          {"methods", methods},
          {"paired", paired}};
}

// "results_gsm8k.json" speaks of gsm8k.
std::string TaskOf(const fs::path& results) {
  return results.stem().string().substr(std::string("results_").size());
}

std::vector<fs::path> ResultFiles(const std::string& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("results_") && name.ends_with(".json")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Reads one file and adds its comparison; another program's results have none for us.
void Add(const fs::path& path, const std::string& title, Json& comparisons) {
  const Json file = ReadJsonFile(path.string());
  try {
    const Json& summary = file.contains("pgts") ? file.at("pgts") : file;
    if (!summary.contains("methods")) return;
    Json comparison = Comparison(summary, title);
    if (!comparison["methods"].empty()) comparisons.push_back(std::move(comparison));
  } catch (const nlohmann::json::exception& problem) {
    throw Error::Format("{}: not results of this program: {}", path.string(), problem.what());
  }
}

}  // namespace

Json ReadComparisons(const std::string& folder) {
  Json comparisons = Json::array();
  for (const fs::path& path : ResultFiles(folder)) Add(path, TaskOf(path), comparisons);
  const fs::path summary = folder + "/summary.json", compared = folder + "/comparison.json";
  if (comparisons.empty() && fs::exists(summary)) Add(summary, "", comparisons);
  if (fs::exists(compared)) Add(compared, "", comparisons);
  return comparisons;
}

}  // namespace pgts::report
