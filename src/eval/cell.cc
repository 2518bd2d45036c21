// SPDX-License-Identifier: Apache-2.0
#include "eval/cell.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/jsonl.h"

namespace pgts::eval {
namespace {

namespace fs = std::filesystem;

constexpr std::pair<const char*, std::string ProblemRecord::*> kTexts[] = {
    {"answer", &ProblemRecord::answer},
    {"flexible_answer", &ProblemRecord::flexible_answer},
    {"gold", &ProblemRecord::gold},
    {"text", &ProblemRecord::text}};

Json ToJson(const ProblemRecord& record) {
  Json json = {{"problem", record.problem}, {"recorded", record.recorded}};
  for (const auto& [name, field] : kRecordNumbers) json[name] = record.*field;
  for (const auto& [name, field] : kTexts) json[name] = record.*field;
  return json;
}

ProblemRecord FromJson(const Json& json) {
  ProblemRecord record{.problem = json.at("problem"), .recorded = json.at("recorded")};
  for (const auto& [name, field] : kRecordNumbers) record.*field = json.at(name);
  for (const auto& [name, field] : kTexts) record.*field = json.at(name);
  return record;
}

Json ToJson(const world::StoreLengths& store) {
  return {{"steps", store.steps}, {"scores", store.scores}};
}

// NaN stands as null.
std::vector<double> Numbers(const Json& json) {
  std::vector<double> numbers;
  for (const Json& number : json) {
    numbers.push_back(number.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                       : number.get<double>());
  }
  return numbers;
}

// What `read` makes of a file of ours; Error naming it where it is damaged.
template <class Read>
auto ReadPart(const std::string& path, Read read) {
  try {
    return read(ReadJsonFile(path));
  } catch (const Json::exception&) {
    throw Error::Format("{} is damaged: remove it, and it will be made again", path);
  }
}

}  // namespace

std::string Cell::Name() const {
  std::string name = fmt::format("{}_", method.name);
  for (const char letter : setting().text) name += letter == ',' ? '_' : letter;
  std::erase(name, ' ');
  return fmt::format("{}_{}_{}", name, option.cap, seed);
}

std::string CellFolder::CellFile(const Cell& cell) const {
  return fmt::format("{}/cells/{}.json", path_, cell.Name());
}

std::string CellFolder::TuningFile(const search::Method& method) const {
  return fmt::format("{}/tuning/{}.json", path_, method.name);
}

std::optional<MethodResult> CellFolder::Load(const Cell& cell) const {
  const std::string path = CellFile(cell);
  if (!keeps() || !FileExists(path)) return std::nullopt;
  return ReadPart(path, [&](const Json& json) {
    MethodResult result{.method = std::string(cell.method.name)};
    for (const Json& record : json.at("records")) result.records.push_back(FromJson(record));
    return result;
  });
}

void CellFolder::Save(const Cell& cell, const MethodResult& result,
                      world::StoreLengths store) const {
  if (!keeps()) return;
  Json records = Json::array();
  for (const ProblemRecord& record : result.records) records.push_back(ToJson(record));
  WriteFileAtomic(CellFile(cell),
                  JsonText({{"store", ToJson(store)}, {"records", records}}) + "\n");
}

std::vector<Tried> CellFolder::LoadTuning(const search::Method& method) const {
  const std::string path = TuningFile(method);
  if (!keeps() || !FileExists(path)) return {};
  return ReadPart(path, [&](const Json& json) {
    std::vector<Tried> all;
    for (const Json& tried : json.at("tried")) {
      const auto setting = std::ranges::find(
          method.candidates, tried.at("setting").get<std::string>(), &search::Setting::text);
      if (setting == method.candidates.end()) continue;
      const auto candidate = static_cast<size_t>(setting - method.candidates.begin());
      all.push_back({.option = {candidate, tried.at("cap")},
                     .correct = Numbers(tried.at("correct")),
                     .tokens = Numbers(tried.at("tokens"))});
    }
    return all;
  });
}

void CellFolder::SaveTuning(const search::Method& method, std::span<const Tried> all,
                            world::StoreLengths store) const {
  if (!keeps()) return;
  Json tried = Json::array();
  for (const Tried& one : all) {
    tried.push_back({{"setting", method.candidates[one.option.candidate].text},
                     {"cap", one.option.cap},
                     {"correct", one.correct},
                     {"tokens", one.tokens}});
  }
  WriteFileAtomic(TuningFile(method),
                  JsonText({{"store", ToJson(store)}, {"tried", tried}}) + "\n");
}

world::StoreLengths CellFolder::LatestStore() const {
  world::StoreLengths latest;
  for (const char* part : {"cells", "tuning"}) {
    const fs::path folder = fs::path(path_) / part;
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() != ".json") continue;
      const world::StoreLengths store = ReadPart(entry.path().string(), [](const Json& json) {
        const Json& lengths = json.at("store");
        return world::StoreLengths{.steps = lengths.at("steps"), .scores = lengths.at("scores")};
      });
      latest.steps = std::max(latest.steps, store.steps);
      latest.scores = std::max(latest.scores, store.scores);
    }
  }
  return latest;
}

}  // namespace pgts::eval
