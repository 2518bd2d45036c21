// SPDX-License-Identifier: Apache-2.0
#include "labels/data_builder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/random.h"
#include "base/stop.h"
#include "labels/corruption.h"
#include "labels/trl.h"

namespace pgts::labels {
namespace {

// What is asked and how it is graded: a mended answer makes other labels.
Key ProblemsKey(Key key, const task::Task& task, task::Split split, int64_t first, int64_t count) {
  const int64_t end = std::min(task.Size(split), first + count);
  for (int64_t i = first; i < end; ++i) {
    const task::Problem problem = task.Get(split, i);
    key = key.With(task::PlainText(task.Prompt(problem))).With(problem.gold).With(problem.solution);
  }
  return key;
}

// Another key: the files do not fit these options.
std::string DataKey(const RolloutParts& parts, const DataPlan& plan) {
  const DataOptions& d = plan.data;
  const task::Task& task = parts.task;
  Key key = Key("reward-data-6").With(task.name()).With(plan.world_key).With(task.separator());
  // How any question is put, imported ones too.
  for (const llm::Token token : llm::PathTokens(*parts.worlds.Prompt({}, plan.epoch))) {
    key = key.With(static_cast<uint64_t>(token));
  }
  for (const int part : {d.train_problems, d.validation_problems, d.rollouts_per_problem,
                         d.completions, d.held_out_completions, d.max_depth, plan.epoch,
                         plan.incorrect_per_problem, d.CorruptionProblems()}) {
    key = key.With(static_cast<uint64_t>(part));
  }
  key = key.With(static_cast<uint64_t>(d.infer_after_wrong));
  if (d.soft_labels) key = key.With("soft");
  if (d.completions == 1 || d.held_out_completions == 1) key = key.With(d.outcome_labels);
  for (const std::string& file : d.import_files) key = key.With(HashFile(file));
  for (const std::string& file : d.held_out_import_files) {
    key = key.With("held-out").With(HashFile(file));
  }
  key = key.With(static_cast<uint64_t>(d.first_train_problem));
  key = ProblemsKey(key, task, task::Split::kTrain, d.first_train_problem,
                    d.End() - d.first_train_problem);
  key = ProblemsKey(key, task, task::Split::kValidation, 0, d.validation_problems);
  return fmt::format("{:016x}", key.value());
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

// References and corruptions of training problems, in the generator's own format.
void AddCorruptions(const RolloutParts& parts, const StepFormat& format, const DataPlan& plan,
                    StepData& data) {
  if (plan.incorrect_per_problem == 0) return;
  const int64_t first = plan.data.first_train_problem;
  const int64_t size = parts.task.Size(task::Split::kTrain);
  const int64_t end = std::min(size, first + plan.data.CorruptionProblems());
  for (int64_t index = first; index < end; ++index) {
    ThrowIfStopped();
    const task::Problem problem = parts.task.Get(task::Split::kTrain, index);
    const CorruptionDraw draw{.count = plan.incorrect_per_problem,
                              .key = Key("corruption").With(plan.world_key).With(problem.id)};
    const llm::PrefixPtr prompt = parts.worlds.Prompt(problem, plan.epoch);
    std::ranges::move(LabelCorruptions(problem, draw, llm::PathTokens(*prompt), format),
                      std::back_inserter(data.train));
  }
}

// Without the white space, which copies of a question differ in.
std::string Bare(std::string question) {
  std::erase_if(question, [](unsigned char c) { return std::isspace(c) != 0; });
  return question;
}

class Importer {
 public:
  Importer(const RolloutParts& parts, const StepFormat& format, const DataPlan& plan,
           StepData& data)
      : parts_(parts), format_(format), plan_(plan), data_(data) {}

  // Held-out data first: what it asks may not be trained on.
  void Run() {
    for (int i = 0; i < plan_.data.validation_problems; ++i) {
      held_out_.insert(Bare(parts_.task.Get(task::Split::kValidation, i).question));
    }
    for (const std::string& file : plan_.data.held_out_import_files) HoldOut(file);
    if (!plan_.data.held_out_import_files.empty()) LeaveOutHeldOut();
    for (const std::string& file : plan_.data.import_files) Train(file);
  }

 private:
  LabelledSolution Read(const TrlSolution& solution) const {
    const llm::PrefixPtr prompt = parts_.worlds.Prompt(ImportedProblem(solution), plan_.epoch);
    return Label(solution, llm::PathTokens(*prompt), format_);
  }

  void HoldOut(const std::string& file) {
    const std::vector<TrlSolution> solutions = ReadTrl(file, parts_.task.separator());
    for (const TrlSolution& solution : solutions) {
      ThrowIfStopped();
      held_out_.insert(Bare(solution.question));
      data_.validation.push_back(Read(solution));
      data_.validation.back().grade = solution.labels.back();
    }
    Info("{}: {} solutions join the held-out data", file, solutions.size());
  }

  // What the task's own training problems share with held-out imports.
  void LeaveOutHeldOut() {
    const size_t left_out = std::erase_if(data_.train, [&](const LabelledSolution& solution) {
      const task::Problem problem = parts_.task.Get(task::Split::kTrain, solution.index);
      return held_out_.contains(Bare(problem.question));
    });
    if (left_out > 0) {
      Info("{} solutions of training problems are left out: held-out imports ask the same",
           left_out);
    }
  }

  void Train(const std::string& file) {
    int64_t taken = 0, left_out = 0;
    for (const TrlSolution& solution : ReadTrl(file, parts_.task.separator())) {
      ThrowIfStopped();
      const bool leaks = held_out_.contains(Bare(solution.question));
      ++(leaks ? left_out : taken);
      if (!leaks) data_.train.push_back(Read(solution));
    }
    Info("{}: {} solutions join the training data; {} left out, of held-out problems", file, taken,
         left_out);
  }

  const RolloutParts& parts_;
  const StepFormat& format_;
  const DataPlan& plan_;
  StepData& data_;
  std::set<std::string> held_out_;
};

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
  std::map<std::string_view, int64_t> sources;
  for (const LabelledSolution& solution : data.train) ++sources[SourceName(solution.source)];
  std::vector<std::string> parts;
  for (const auto& [name, count] : sources) parts.push_back(fmt::format("{} {}", name, count));
  Info("training solutions by source: {}", fmt::join(parts, ", "));
  line("held-out", data.validation, data.validation_stats);
  Info("reward data {} {}", data.reused ? "read back from" : "written to", folder);
}

}  // namespace

RolloutPlan TrainPlan(const DataOptions& data, int epoch) {
  return {.split = task::Split::kTrain,
          .first_problem = data.first_train_problem,
          .problems = data.train_problems,
          .rollouts = data.rollouts_per_problem,
          .completions = data.completions,
          .concurrent = data.concurrent_rollouts,
          .max_depth = data.max_depth,
          .infer_after_wrong = data.infer_after_wrong,
          .outcome_for_all = data.outcome_labels == "all",
          .soft_labels = data.soft_labels,
          .epoch = epoch,
          .label = "labelling training problems"};
}

RolloutPlan HeldOutPlan(const DataOptions& data, int epoch) {
  RolloutPlan held_out = TrainPlan(data, epoch);
  held_out.split = task::Split::kValidation;
  held_out.first_problem = 0;
  held_out.problems = data.validation_problems;
  held_out.completions = data.held_out_completions;
  held_out.infer_after_wrong = false;
  held_out.soft_labels = false;  // measured against whether the answer can be reached
  held_out.label = "labelling held-out problems";
  return held_out;
}

StepData BuildStepData(const RolloutParts& parts, const llm::Tokenizer& tokenizer,
                       const DataPlan& plan, const std::string& folder) {
  const DataFiles files = FilesIn(folder);
  const std::string key = DataKey(parts, plan);
  StepData data;
  if (Reusable(files, key)) {
    data = ReadBack(files);
  } else {
    MakeWritableDirectory(folder);
    const RolloutPlan train_plan = TrainPlan(plan.data, plan.epoch);
    const RolloutPlan held_out_plan = HeldOutPlan(plan.data, plan.epoch);
    CheckProblems(parts.task, train_plan);
    CheckProblems(parts.task, held_out_plan);
    RolloutData train = SampleRollouts(parts, train_plan);
    RolloutData validation = SampleRollouts(parts, held_out_plan);
    data = {.train = std::move(train.solutions),
            .validation = std::move(validation.solutions),
            .train_stats = train.stats,
            .validation_stats = validation.stats};
    const StepFormat format{.tokenizer = tokenizer,
                            .task = parts.task,
                            .answer_has_separator = data.AnswersHaveSeparator()};
    AddCorruptions(parts, format, plan, data);
    Importer(parts, format, plan, data).Run();
    Write(data, files, key);
  }
  Log(data, folder);
  return data;
}

void CheckStepData(const std::string& folder) {
  if (FileExists(FilesIn(folder).stats)) return;
  throw Error::Format("{} holds no finished data of phase 1: make it with pgts data", folder);
}

StepData ReadStepData(const std::string& folder) {
  CheckStepData(folder);
  const StepData data = ReadBack(FilesIn(folder));
  Log(data, folder);
  return data;
}

}  // namespace pgts::labels
