// SPDX-License-Identifier: Apache-2.0
// `pgts eval`: searchers on held-out problems, as a table, summary and samples. With
// --policy-checkpoint everything else comes from that policy's run folder.
#include <ATen/Parallel.h>
#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <cmath>
#include <memory>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/run_flags.h"
#include "eval/baselines.h"
#include "eval/report.h"
#include "policy/checkpoint.h"
#include "policy/gps_network.h"
#include "policy/network_policy.h"
#include "train/reward_phase.h"
#include "train/run_folder.h"
#include "train/trainer.h"

namespace pgts::cli {
namespace {

struct EvalArguments {
  RunFlags run;
  std::string policy_checkpoint, reward_model_path, output_dir, summary, split;
  int64_t limit = 0;
  bool compare_baselines = false;
};

struct LoadedPolicy {
  std::unique_ptr<policy::NetworkPolicy> policy;
  int64_t parameters = 0;
};

LoadedPolicy LoadPolicy(const std::string& path) {
  const std::shared_ptr<policy::GpsNetwork> network = policy::LoadPolicy(path).network;
  LoadedPolicy loaded;
  for (const auto& [name, weight] : network->Weights()) loaded.parameters += weight.numel();
  loaded.policy = std::make_unique<policy::NetworkPolicy>(network, policy::DecisionRule{.greedy = true});
  return loaded;
}

// Where the run behind this evaluation keeps its files; no path where there is no run.
train::RunFolder FindRun(const EvalArguments& arguments) {
  if (arguments.policy_checkpoint.empty()) return {};
  return train::RunFolder::Owning(arguments.policy_checkpoint);
}

std::string RewardModelPath(const EvalArguments& arguments, const train::RunFolder& run) {
  if (!arguments.reward_model_path.empty()) return ResolveNewest(arguments.reward_model_path);
  return run.path.empty() ? "" : run.RewardModel();
}

void ApplyEvalFlags(const EvalArguments& arguments, OptionSet& options) {
  if (arguments.limit > 0) options.Set("eval.limit=" + std::to_string(arguments.limit), "--limit");
  if (!arguments.split.empty()) options.Set("eval.split=" + arguments.split, "--split");
}

std::string StoreFolder(const train::RunConfig& config, const train::RunFolder& run) {
  if (!config.world.dir.empty()) return config.world.dir;
  return run.path.empty() ? "" : run.World();
}

void Report(const eval::Comparison& comparison, const EvalArguments& arguments,
            const LoadedConfig& loaded, const train::RunFolder& run) {
  fmt::print("{}", eval::ComparisonTable(comparison));
  const Json summary = eval::SummaryJson(comparison);
  if (!arguments.summary.empty()) WriteFileAtomic(arguments.summary, JsonPretty(summary));
  const std::string folder = arguments.output_dir.empty() ? run.path : arguments.output_dir;
  if (folder.empty()) return;
  eval::WriteResults(comparison, {.folder = folder,
                                  .task = loaded.config.task.name,
                                  .config = Json(loaded.options.Yaml())});
  Info("results: {}/results_{}.json", folder, loaded.config.task.name);
  if (!run.path.empty()) eval::TryWriteReport({.run = run.path, .evaluation = folder});
}

void Eval(const EvalArguments& arguments) {
  const train::RunFolder run = FindRun(arguments);
  const auto loaded = LoadConfig(arguments.run, run.path.empty() ? "" : run.Config());
  ApplyEvalFlags(arguments, loaded->options);
  if (!arguments.output_dir.empty()) MakeWritableDirectory(arguments.output_dir);
  InitLog({.verbose = arguments.run.verbose});
  const train::RunConfig& config = loaded->config;
  const int threads = config.engine.threads > 0
                          ? config.engine.threads
                          : static_cast<int>(std::thread::hardware_concurrency());
  at::set_num_threads(threads);

  LoadedPolicy policy;
  if (!arguments.policy_checkpoint.empty()) {
    policy = LoadPolicy(train::ResolvePolicy(arguments.policy_checkpoint));
  }
  eval::Session session(train::ToSessionOptions(config, StoreFolder(config, run)));
  std::optional<eval::RewardModelQuality> quality;
  if (const std::string path = RewardModelPath(arguments, run); !path.empty()) {
    const reward::RewardModel reward_model = train::UseRewardModel(config, session, path);
    quality = {reward_model.metrics.step_auc, reward_model.metrics.outcome_auc};
  }
  const std::string folder = arguments.output_dir.empty() ? run.path : arguments.output_dir;
  eval::Comparison comparison = eval::Compare(
      session, {.eval = config.eval,
                .limits = eval::ToLimits(config.search),
                .seed = config.run.seed,
                .policy = policy.policy.get(),
                .policy_parameters = policy.parameters,
                .baselines = arguments.compare_baselines || policy.policy == nullptr,
                .trajectory_folder = folder.empty() ? "" : folder + "/trajectories"});
  comparison.reward_model = quality;
  Report(comparison, arguments, *loaded, run);
}

}  // namespace

void AddEval(CLI::App& app) {
  auto arguments = std::make_shared<EvalArguments>();
  CLI::App* command = app.add_subcommand("eval", "Compare searchers on held-out problems");
  AddRunFlags(*command, arguments->run);
  command->add_option("--policy-checkpoint", arguments->policy_checkpoint,
                      "policy_final.safetensors, a checkpoint, or the run folder");
  command->add_option("--reward-model-path", arguments->reward_model_path,
                      "reward_model_final/; default: that of the policy's run");
  command->add_flag("--compare-baselines", arguments->compare_baselines,
                    "Every baseline at PGTS's tokens");
  command->add_option("--split", arguments->split, "train, validation, test or templates");
  command->add_option("--limit", arguments->limit, "How many problems")->check(CLI::PositiveNumber);
  command->add_option("--output-dir", arguments->output_dir, "Where results are written");
  command->add_option("--summary", arguments->summary, "Also write summary.json here");
  command->callback([arguments] { Eval(*arguments); });
}

}  // namespace pgts::cli
