// SPDX-License-Identifier: Apache-2.0
#include "report/report_data.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "report/report_comparison.h"
#include "report/report_curves.h"
#include "report/report_searches.h"
#include "task/task.h"

namespace pgts::report {
namespace {

namespace fs = std::filesystem;

// The scalar at `path` of a YAML file, such as {"search", "max_depth"}; "" where there is none.
std::string Scalar(YAML::Node node, std::initializer_list<const char*> path) {
  for (const char* key : path) {
    if (!node.IsMap() || !node[key]) return "";
    node.reset(node[key]);
  }
  return node.IsScalar() ? node.Scalar() : "";
}

Json Facts(const YAML::Node& config) {
  Json facts = Json::array();
  const auto add = [&](const char* label, const std::string& value) {
    if (!value.empty()) facts.push_back({label, value});
  };
  std::string generator = Scalar(config, {"generator", "model_name"});
  if (generator.empty()) generator = Scalar(config, {"qwen3", "model_name"});  // of older runs
  const std::string reward_base = Scalar(config, {"reward_model", "model_name"});
  add("task", task::ShortTaskName(Scalar(config, {"task", "name"})));
  add("generator", FileName(generator));
  add("reward model from", FileName(reward_base.empty() ? generator : reward_base));
  add("policy iterations", Scalar(config, {"policy_training", "num_iterations"}));
  add("nodes a search, at most", Scalar(config, {"search", "max_nodes"}));
  add("depth, at most", Scalar(config, {"search", "max_depth"}));
  add("seed", Scalar(config, {"run", "seed"}));
  return facts;
}

Json DescribeRun(const std::string& folder) {
  const std::string text = ReadFile(folder + "/config.yaml");
  Json run = {{"name", FileName(fs::path(folder).lexically_normal().string())}};
  try {
    run["facts"] = Facts(YAML::Load(text));
  } catch (const YAML::Exception& problem) {
    throw Error::Format("{}/config.yaml: not valid YAML: {}", folder, problem.what());
  }
  run["config"] = text;
  return run;
}

// Collects the parts; a part that cannot be read becomes a note.
class Gatherer {
 public:
  explicit Gatherer(const ReportFolders& folders) : run_(folders.run), folders_(folders) {
    if (!FileExists(run_ + "/config.yaml")) {
      throw Error::Format("{}: no config.yaml in it, so it is no run folder", run_);
    }
    if (!fs::is_directory(folders.Evaluation())) {
      throw Error::Format("{} is no folder; give the one that pgts eval wrote to",
                          folders.Evaluation());
    }
  }

  ReportData Gather() {
    Part("run", [&] { return DescribeRun(run_); });
    Part("curves", [&] { return ReadCurves(run_ + "/metrics.jsonl"); });
    Part("reward_model", [&] { return ReadRewardModel(); });
    Part("comparisons", [&] { return ReadComparisons(folders_.Evaluation()); });
    Part("searches", [&] { return ReadSearches(); });
    data_.overview["notes"] = notes_;
    return std::move(data_);
  }

 private:
  template <class Read>
  void Part(const char* name, Read read) {
    try {
      if (Json part = read(); !part.empty()) data_.overview[name] = std::move(part);
    } catch (const std::exception& problem) {  // of whatever kind: the other parts are still shown
      notes_.push_back(problem.what());
    }
  }

  Json ReadRewardModel() const {
    const std::string path = run_ + "/reward_model_final/reward_model.json";
    return FileExists(path) ? ReadJsonFile(path) : Json();
  }

  Json ReadSearches() {
    SearchReplays replays = ReadReplays(TraceFiles(run_, folders_.Evaluation()));
    data_.replays = std::move(replays.searches);
    for (const std::string& note : replays.notes) notes_.push_back(note);
    return std::move(replays.list);
  }

  const std::string& run_;
  const ReportFolders& folders_;
  ReportData data_;
  Json notes_ = Json::array();
};

}  // namespace

ReportData GatherReport(const ReportFolders& folders) { return Gatherer(folders).Gather(); }

}  // namespace pgts::report
