// SPDX-License-Identifier: Apache-2.0
// `pgts eval`: searchers on held-out problems, as a table, summary and samples. With
// --policy-checkpoint everything else comes from that policy's run folder.
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/temp_folder.h"
#include "cli/commands.h"
#include "cli/reward_model_flag.h"
#include "cli/run_flags.h"
#include "eval/comparison_files.h"
#include "eval/comparison_table.h"
#include "eval/evaluate.h"
#include "model/threads.h"
#include "policy/network_policy.h"
#include "report/report.h"
#include "session/policy_wiring.h"
#include "session/reward_wiring.h"
#include "session/run_folder.h"

namespace pgts::cli {
namespace {

struct EvalArguments {
  RunFlags run;
  // Several where the shell expanded a `*`: the newest is meant.
  std::vector<std::string> policy_checkpoints, reward_model_paths;
  std::string policy_checkpoint, reward_model_path, output_dir, summary, split, limit;
  bool compare_baselines = false;
};

void ApplyEvalFlags(const EvalArguments& arguments, OptionSet& options) {
  if (!arguments.limit.empty()) options.Set("eval.limit=" + arguments.limit, "--limit");
  if (!arguments.split.empty()) options.Set("eval.split=" + arguments.split, "--split");
}

// The methods walk the same worlds, so that these are kept for as long as the evaluation at least.
std::string StoreFolder(const EvalArguments& arguments, const session::RunConfig& config,
                        const session::RunFolder& run, std::optional<TempFolder>& scratch) {
  if (!config.world.dir.empty()) return config.world.dir;
  if (!run.path.empty()) return run.World();
  if (!arguments.output_dir.empty()) return session::RunFolder{arguments.output_dir}.World();
  return scratch.emplace().path();
}

std::string OneOf(const std::vector<std::string>& given) {
  if (given.empty()) return "";
  return given.size() == 1 ? given[0] : Newest(given);
}

// Before an evaluation that may take hours: can its results be written?
void CheckOutputs(const EvalArguments& arguments) {
  if (!arguments.output_dir.empty()) MakeWritableDirectory(arguments.output_dir);
  if (arguments.summary.empty()) return;
  const std::filesystem::path summary(arguments.summary);
  if (std::filesystem::is_directory(summary)) {
    throw Error::Format("--summary {} is a folder; give a file", arguments.summary);
  }
  if (summary.has_parent_path()) MakeWritableDirectory(summary.parent_path().string());
}

std::unique_ptr<policy::NetworkPolicy> PolicyOf(const EvalArguments& arguments,
                                                const session::RunConfig& config,
                                                const session::Session& session) {
  if (arguments.policy_checkpoint.empty()) return nullptr;
  if (config.search.use_policy) {
    return std::make_unique<policy::NetworkPolicy>(
        session::LoadPolicy(arguments.policy_checkpoint, config, session),
        policy::DecisionRule{.greedy = true});
  }
  Info("search.use_policy = false: the best threshold heuristic searches instead of the policy");
  return nullptr;
}

void Report(const eval::Comparison& comparison, const EvalArguments& arguments,
            const LoadedConfig& loaded, const session::RunFolder& run) {
  fmt::print("{}", eval::ComparisonTable(comparison));
  const Json summary = eval::SummaryJson(comparison);
  if (!arguments.summary.empty()) WriteFileAtomic(arguments.summary, JsonPretty(summary));
  const std::string folder = arguments.output_dir.empty() ? run.path : arguments.output_dir;
  if (folder.empty()) return;
  const std::string task = task::ShortTaskName(loaded.config.task.name);
  eval::WriteResults(comparison,
                     {.folder = folder, .task = task, .config = Json(loaded.options.Yaml())});
  Info("results: {}/results_{}.json", folder, task);
  if (!run.path.empty()) report::TryWriteReport({.run = run.path, .evaluation = folder});
}

void Eval(EvalArguments arguments) {
  arguments.policy_checkpoint = OneOf(arguments.policy_checkpoints);
  arguments.reward_model_path = OneOf(arguments.reward_model_paths);
  const session::RunFolder run = session::RunOf(arguments.policy_checkpoint);
  const auto loaded = LoadConfig(arguments.run, run.path.empty() ? "" : run.Config());
  ApplyEvalFlags(arguments, loaded->options);
  CheckOutputs(arguments);
  InitLog({.verbose = arguments.run.verbose});
  const session::RunConfig& config = loaded->config;
  model::UseThreads(config.engine.threads);

  std::optional<TempFolder> scratch;
  session::Session session(
      session::ToSessionOptions(config, StoreFolder(arguments, config, run, scratch)));
  std::optional<eval::RewardModelQuality> quality;
  if (const std::string path = RewardModelPath(arguments.reward_model_path, run); !path.empty()) {
    const reward::RewardModel reward_model = session::UseRewardModel(config, session, path);
    quality = {reward_model.metrics.step_auc, reward_model.metrics.outcome_auc};
  }
  const auto policy = PolicyOf(arguments, config, session);
  const std::string folder = arguments.output_dir.empty() ? run.path : arguments.output_dir;
  eval::Comparison comparison = eval::Evaluate(
      session.environment(), {.eval = config.eval,
                              .limits = session::ToLimits(config.search),
                              .seed = config.run.seed,
                              .policy = policy.get(),
                              .policy_parameters = policy ? policy->parameters() : 0,
                              .baselines = arguments.compare_baselines || !config.search.use_policy,
                              .trajectory_folder = folder.empty() ? "" : folder + "/trajectories"});
  session.LogEngine();
  comparison.reward_model = quality;
  Report(comparison, arguments, *loaded, run);
}

}  // namespace

void AddEval(CLI::App& app) {
  auto arguments = std::make_shared<EvalArguments>();
  CLI::App* command = app.add_subcommand("eval", "Compare searchers on held-out problems");
  AddRunFlags(*command, arguments->run);
  AddSearchFlags(*command, arguments->run);
  command->add_option("--policy-checkpoint", arguments->policy_checkpoints,
                      "policy_final.safetensors, a checkpoint, or the run folder");
  command->add_option("--reward-model-path", arguments->reward_model_paths,
                      "reward_model_final/; default: that of the policy's run");
  command->add_flag("--compare-baselines", arguments->compare_baselines,
                    "Every baseline at PGTS's tokens");
  command->add_option("--split", arguments->split, "train, validation, test or templates");
  command->add_option("--limit", arguments->limit, "How many problems");
  command->add_option("--output-dir", arguments->output_dir, "Where results are written");
  command->add_option("--summary", arguments->summary, "Also write summary.json here");
  command->callback([arguments] { Eval(*arguments); });
}

}  // namespace pgts::cli
