// SPDX-License-Identifier: Apache-2.0
#include "reward/data_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/random.h"
#include "base/stop.h"
#include "reward/corruption.h"

namespace pgts::reward {
namespace {

// Another key: the files do not fit these options.
std::string DataKey(const DataPlan& plan, const task::Task& task) {
  const DataOptions& d = plan.data;
  Key key = Key("reward-data-2").With(task.name()).With(plan.world_key).With(plan.separator);
  for (const int part : {d.train_problems, d.validation_problems, d.rollouts_per_problem,
                         d.completions, d.held_out_completions, d.max_depth, plan.epoch,
                         plan.incorrect_per_problem, d.CorruptionProblems()}) {
    key = key.With(static_cast<uint64_t>(part));
  }
  key = key.With(static_cast<uint64_t>(d.infer_after_wrong));
  return fmt::format("{:016x}", key.With(static_cast<uint64_t>(d.first_train_problem)).value());
}

struct DataFiles {
  std::string train, validation, stats;
};

DataFiles FilesIn(const std::string& folder) {
  return {folder + "/train.jsonl", folder + "/validation.jsonl", folder + "/stats.json"};
}

bool Reusable(const DataFiles& files, const std::string& key) {
  if (!FileExists(files.stats) || !FileExists(files.train) || !FileExists(files.validation)) {
    return false;
  }
  const Json stats = ReadJsonFile(files.stats);
  return stats.is_object() && stats.value("key", "") == key;
}

StepData ReadBack(const DataFiles& files) {
  const Json stats = ReadJsonFile(files.stats);
  return {.train = ReadSolutions(files.train),
          .validation = ReadSolutions(files.validation),
          .train_stats = StatsFromJson(stats.value("train", Json::object())),
          .validation_stats = StatsFromJson(stats.value("validation", Json::object())),
          .reused = true};
}

// The stats are written last: they make the files valid.
void Write(const StepData& data, const DataFiles& files, const std::string& key) {
  WriteSolutions(files.train, data.train);
  WriteSolutions(files.validation, data.validation);
  const Json stats = {{"key", key},
                      {"train", ToJson(data.train_stats)},
                      {"validation", ToJson(data.validation_stats)}};
  WriteFileAtomic(files.stats, JsonPretty(stats) + "\n");
}

RolloutPlan TrainPlan(const DataPlan& plan) {
  return {.split = task::Split::kTrain,
          .first_problem = plan.data.first_train_problem,
          .problems = plan.data.train_problems,
          .rollouts = plan.data.rollouts_per_problem,
          .completions = plan.data.completions,
          .concurrent = plan.data.concurrent_rollouts,
          .max_depth = plan.data.max_depth,
          .infer_after_wrong = plan.data.infer_after_wrong,
          .epoch = plan.epoch,
          .label = "labelling training problems"};
}

RolloutPlan ValidationPlan(const DataPlan& plan) {
  RolloutPlan held_out = TrainPlan(plan);
  held_out.split = task::Split::kValidation;
  held_out.first_problem = 0;
  held_out.problems = plan.data.validation_problems;
  held_out.completions = plan.data.held_out_completions;
  held_out.infer_after_wrong = false;
  held_out.label = "labelling held-out problems";
  return held_out;
}

// References and corruptions of training problems, in the generator's own format.
void AddCorruptions(const RolloutParts& parts, const llm::Tokenizer& tokenizer,
                    const DataPlan& plan, StepData& data) {
  if (plan.incorrect_per_problem == 0) return;
  const StepFormat format{.tokenizer = tokenizer,
                          .separator = plan.separator,
                          .answer_has_separator = 2 * data.train_stats.answers_with_separator >=
                                                  data.train_stats.answered};
  const int64_t first = plan.data.first_train_problem;
  const int64_t size = parts.task.Size(task::Split::kTrain);
  const int64_t end = std::min(size, first + plan.data.CorruptionProblems());
  for (int64_t index = first; index < end; ++index) {
    ThrowIfStopped();
    const task::Problem problem = parts.task.Get(task::Split::kTrain, index);
    const Key key = Key("corruption").With(plan.world_key).With(problem.id);
    const auto corruptions = CorruptMany(problem, plan.incorrect_per_problem, key);
    if (corruptions.empty()) continue;
    const std::vector<llm::Token> prompt =
        llm::PathTokens(*parts.worlds.Prompt(problem, plan.epoch));
    data.train.push_back(LabelReference(problem, prompt, format));
    for (const Corruption& corruption : corruptions) {
      data.train.push_back(Label(problem, corruption, prompt, format));
    }
  }
}

void Log(const StepData& data, const std::string& folder) {
  const auto line = [&](const char* name, std::span<const LabelledSolution> solutions,
                        const RolloutStats& stats) {
    const DataCounts counts = Count(solutions);
    Info(
        "{} data: {} problems, {} solutions, {} labelled steps ({:.0f} % right); of {} rollouts "
        "{:.0f} % state an answer, {:.0f} % are right; {} completions, {} tokens ({} generated "
        "now)",
        name, counts.problems, counts.solutions, counts.examples,
        100.0 * counts.positive / std::max<int64_t>(counts.examples, 1), stats.rollouts,
        100 * stats.ExtractionRate(), 100 * stats.RightShare(), stats.completions, stats.tokens,
        stats.computed_tokens);
  };
  line("training", data.train, data.train_stats);
  line("held-out", data.validation, data.validation_stats);
  Info("reward data {} {}", data.reused ? "read back from" : "written to", folder);
}

}  // namespace

StepData BuildStepData(const RolloutParts& parts, const llm::Tokenizer& tokenizer,
                       const DataPlan& plan, const std::string& folder) {
  const DataFiles files = FilesIn(folder);
  const std::string key = DataKey(plan, parts.task);
  StepData data;
  if (Reusable(files, key)) {
    data = ReadBack(files);
  } else {
    MakeWritableDirectory(folder);
    RolloutData train = SampleRollouts(parts, TrainPlan(plan));
    RolloutData validation = SampleRollouts(parts, ValidationPlan(plan));
    data = {.train = std::move(train.solutions),
            .validation = std::move(validation.solutions),
            .train_stats = train.stats,
            .validation_stats = validation.stats};
    AddCorruptions(parts, tokenizer, plan, data);
    Write(data, files, key);
  }
  Log(data, folder);
  return data;
}

}  // namespace pgts::reward
