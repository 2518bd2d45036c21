// SPDX-License-Identifier: Apache-2.0
// `pgts compare CONFIG.yaml`: every method at the same prices of a token, at PGTS's own tokens, and
// within the same budgets. What is finished is kept in the output folder; the same command goes on
// where a stopped one ended.
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/run_flags.h"
#include "cli/run_program.h"
#include "eval/compare.h"
#include "eval/compare_settings.h"
#include "eval/comparison_files.h"
#include "eval/comparison_table.h"
#include "model/threads.h"
#include "policy/network_policy.h"
#include "report/comparison_picture.h"
#include "reward/reward_model.h"
#include "session/policy_wiring.h"
#include "session/reward_wiring.h"
#include "session/run_folder.h"
#include "task/task.h"

namespace pgts::cli {
namespace {

struct CompareArguments {
  std::string config, run, output_dir;
  std::vector<std::string> assignments;
  bool verbose = false;
};

// The file's keys over those of the run that it names.
struct CompareConfig {
  session::RunConfig config;
  eval::CompareSettings compare;
  OptionSet options;
};

void Declare(CompareConfig& loaded) {
  session::DeclareOptions(loaded.config, loaded.options);
  loaded.options.Add("compare", loaded.compare);
}

void ApplyCompareFlags(const CompareArguments& arguments, OptionSet& options) {
  if (!arguments.run.empty()) options.Set("compare.run=" + arguments.run, "--run");
  if (!arguments.output_dir.empty()) {
    options.Set("compare.output_dir=" + arguments.output_dir, "--output-dir");
  }
  for (const std::string& assignment : arguments.assignments) options.Set(assignment, "--set");
}

// No path where no run is named.
session::RunFolder ComparedRun(const eval::CompareSettings& compare) {
  return compare.run.empty() ? session::RunFolder{} : session::RunFolder::Owning(compare.run);
}

std::string OutputFolder(const eval::CompareSettings& compare, const session::RunFolder& run) {
  if (!compare.output_dir.empty()) return compare.output_dir;
  return run.path.empty() ? "outputs/comparison" : run.path + "/comparison";
}

// The run's configuration stands below the file that names the run: so the file is read twice.
std::unique_ptr<CompareConfig> Load(const CompareArguments& arguments) {
  CompareConfig first;
  Declare(first);
  first.options.LoadYaml(arguments.config);
  first.options.LoadEnvironment();
  ApplyCompareFlags(arguments, first.options);
  eval::Check(first.compare, first.options);

  auto loaded = std::make_unique<CompareConfig>();
  Declare(*loaded);
  const session::RunFolder run = ComparedRun(first.compare);
  if (!run.path.empty()) loaded->options.LoadYaml(run.Config());
  loaded->options.LoadYaml(arguments.config);
  loaded->options.LoadEnvironment();
  ApplyCompareFlags(arguments, loaded->options);
  loaded->options.ExplainInert(run.path.empty() ? "" : run.Config());
  FindFiles(loaded->options, loaded->config);
  session::CheckGrowsWorlds(loaded->config);
  return loaded;
}

// Of the problems as they are put and graded: what they say, and the file that describes the task.
std::string TaskHash(const CompareConfig& loaded) {
  const session::TaskSettings& settings = loaded.config.task;
  const auto task = task::MakeTask(settings.name, {.data_dir = settings.data_dir});
  Key key("task");
  const auto add = [&](task::Split split, int64_t count) {
    for (const int64_t index : eval::FirstProblems(*task, split, count)) {
      const task::Problem problem = task->Get(split, index);
      key = key.With(task::PlainText(task->Prompt(problem))).With(problem.gold);
    }
  };
  add(task::ParseSplit(loaded.compare.split), loaded.compare.problems);
  add(task::Split::kValidation, loaded.compare.tuning_problems);
  if (FileExists(settings.name)) key = key.With(HashFile(settings.name));
  return fmt::format("{:016x}", key.value());
}

// Of everything that a step's score depends on.
std::string ScoresHash(const session::RunFolder& run) {
  const reward::RewardModel model = reward::ReadRewardModel(run.RewardModel());
  return fmt::format("{:016x}",
                     reward::ScorerHash(model.model_hash, model.head, model.calibration));
}

// Cells of another configuration, of other problems or models must not be mixed with ours.
Json Origin(const CompareConfig& loaded, const session::RunFolder& run) {
  const eval::CompareSettings& compare = loaded.compare;
  session::RunConfig config = loaded.config;
  OptionSet options;
  session::DeclareOptions(config, options);
  Json origin = {{"compare",
                  {{"split", compare.split},
                   {"problems", compare.problems},
                   {"tuning_problems", compare.tuning_problems},
                   {"max_width", compare.max_width}}},
                 {"generator", HashFile(config.generator.model_name)},
                 {"task", TaskHash(loaded)},
                 {"config", options.Yaml()}};
  if (run.path.empty()) return origin;
  if (FileExists(run.FinalPolicy())) origin["policy"] = HashFile(run.FinalPolicy());
  origin["reward_model"] = ScoresHash(run);
  return origin;
}

void CheckOrigin(const Json& origin, const std::string& folder) {
  const std::string path = folder + "/origin.json";
  if (!FileExists(path)) {
    WriteFileAtomic(path, JsonPretty(origin));
    return;
  }
  const Json earlier = ReadJsonFile(path);
  for (const auto& [key, value] : origin.items()) {
    if (earlier.value(key, Json()) == value) continue;
    throw Error::Format(
        "{} holds cells that were made with another {} (see {}): choose another --output-dir, or "
        "remove the folder",
        folder, key, path);
  }
}

// The PNG is drawn by librsvg's program, which setup.sh installs; without it the SVG stands alone.
void WritePicture(const std::string& svg, const std::string& folder) {
  const std::string from = folder + "/comparison.svg", to = folder + "/comparison.png";
  WriteFileAtomic(from, svg);
  if (!RunProgram({"rsvg-convert", "--zoom=2", "--output", to, from})) {
    Info("{} is not written: that needs rsvg-convert (package librsvg2-bin)", to);
  }
}

// The trained parts of a run; nothing of what it lacks.
struct Trained {
  std::unique_ptr<policy::NetworkPolicy> greedy, sampled;
};

Trained UseRun(const session::RunFolder& run, const session::RunConfig& config,
               session::Session& session) {
  Trained trained;
  if (run.path.empty()) return trained;
  session::UseRewardModel(config, session, run.RewardModel());
  if (!FileExists(run.FinalPolicy())) return trained;
  const auto network = session::LoadPolicy(run.FinalPolicy(), config, session);
  trained.greedy =
      std::make_unique<policy::NetworkPolicy>(network, policy::DecisionRule{.greedy = true});
  trained.sampled = std::make_unique<policy::NetworkPolicy>(
      network, policy::DecisionRule{.temperature = config.search.temperature});
  return trained;
}

// The methods named, or all that can be served. Error for a named one that cannot be.
std::vector<search::Method> MethodsToRun(const eval::SettingRunner& runner,
                                         const eval::CompareSettings& compare) {
  std::vector<search::Method> methods;
  for (const search::Method& method : search::Methods()) {
    const bool named = std::ranges::find(compare.methods, method.name) != compare.methods.end();
    const bool can = runner.CanServe(method);
    if (named && method.worlds == search::Worlds::kGreedyFirst &&
        !runner.environment().GreedyFirst()) {
      throw Error::Format(
          "compare.methods: {} needs worlds that begin greedily: world.first: greedy", method.name);
    }
    if (named && !can) {
      throw Error::Format(
          "compare.methods: {} needs a reward model{}, which is not there; name a trained run by "
          "compare.run",
          method.name, method.needs == search::Needs::kScores ? "" : " and a trained policy");
    }
    if (can && (named || compare.methods.empty())) methods.push_back(method);
  }
  return methods;
}

eval::Comparison RunCells(const CompareConfig& loaded, const session::RunFolder& run,
                          const eval::CellFolder& cells) {
  const session::RunConfig& config = loaded.config;
  const eval::CompareSettings& compare = loaded.compare;
  session::SessionOptions options = session::ToSessionOptions(config, cells.World());
  options.keep = cells.LatestStore();
  session::Session session(options);
  const Trained trained = UseRun(run, config, session);
  eval::ComparisonPlan plan{
      .parts = {.limits = session::ToLimits(config.search),
                .max_width = compare.max_width,
                .greedy = trained.greedy.get(),
                .sampled = trained.sampled.get(),
                .policy_parameters = trained.greedy ? trained.greedy->parameters() : 0},
      .split = task::ParseSplit(compare.split),
      .problems = compare.problems,
      .tuning_problems = compare.tuning_problems,
      .seeds = compare.seeds,
      .prices = compare.prices,
      .at_reference_tokens = true,
      .budgets = compare.budgets,
      .caps = compare.budgets};
  plan.methods = MethodsToRun(eval::SettingRunner(session.environment(), plan.parts), compare);
  eval::Comparison comparison = eval::Compare(session.environment(), plan, cells);
  comparison.sampled_chains = search::kSampledChains * static_cast<int>(compare.seeds.size());
  session.LogEngine();
  return comparison;
}

void Report(const eval::Comparison& comparison, const CompareConfig& loaded,
            const std::string& folder) {
  const eval::CompareSettings& compare = loaded.compare;
  fmt::print("{}", eval::ComparisonTable(comparison, compare.reach));
  const std::string task = task::ShortTaskName(loaded.config.task.name);
  WriteFileAtomic(folder + "/comparison.json", JsonPretty(eval::ComparisonJson(comparison)));
  eval::WriteResults(comparison, {.folder = folder,
                                  .task = task,
                                  .config = Json(loaded.options.Yaml()),
                                  .reach = compare.reach});
  WritePicture(report::ComparisonPicture(comparison, compare.plot), folder);
  Info("written: {0}/comparison.json, {0}/comparison.svg, {0}/results_{1}.json", folder, task);
}

void Compare(const CompareArguments& arguments) {
  const std::unique_ptr<CompareConfig> loaded = Load(arguments);
  const session::RunFolder run = ComparedRun(loaded->compare);
  const std::string folder = OutputFolder(loaded->compare, run);
  MakeWritableDirectory(folder);
  CheckOrigin(Origin(*loaded, run), folder);
  InitLog({.file = folder + "/comparison.log", .verbose = arguments.verbose});
  model::UseThreads(loaded->config.engine.threads);
  Report(RunCells(*loaded, run, eval::CellFolder(folder)), *loaded, folder);
}

}  // namespace

void AddCompare(CLI::App& app) {
  auto arguments = std::make_shared<CompareArguments>();
  CLI::App* command = app.add_subcommand("compare", "Compare all methods by accuracy and tokens");
  command->add_option("config", arguments->config, "What is compared (YAML)")->required();
  command->add_option("--run", arguments->run, "Trained run folder; replaces compare.run");
  command->add_option("--output-dir", arguments->output_dir, "Replaces compare.output_dir");
  command->add_option("--set", arguments->assignments, "group.key=value, repeatable")
      ->allow_extra_args(false);
  command->add_flag("--verbose", arguments->verbose, "Debug lines on the terminal too");
  command->callback([arguments] { Compare(*arguments); });
}

}  // namespace pgts::cli
