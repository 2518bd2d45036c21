// SPDX-License-Identifier: Apache-2.0
// `pgts train`: both phases, or phase 2 alone, or the rest of an interrupted run.
#include <fmt/chrono.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <memory>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/run_flags.h"
#include "reward/reward_model.h"
#include "train/preflight.h"
#include "train/trainer.h"

namespace pgts::cli {
namespace {

struct TrainArguments {
  RunFlags run;
  std::string output_dir, resume, reward_model_path;
  bool skip_reward_training = false;
};

std::string DefaultFolder(const std::string& name) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("outputs/{}_{:%Y%m%d_%H%M%S}", name, fmt::localtime(now));
}

void CheckArguments(const TrainArguments& arguments) {
  if (arguments.skip_reward_training && arguments.reward_model_path.empty()) {
    throw Error(
        "--skip-reward-training needs --reward-model-path, such as "
        "outputs/RUN/reward_model_final");
  }
  if (!arguments.reward_model_path.empty() && !arguments.skip_reward_training) {
    throw Error(
        "--reward-model-path is for --skip-reward-training; leave one out or add the other");
  }
  if (!arguments.resume.empty() && !arguments.output_dir.empty()) {
    throw Error("--resume goes on in its own folder; leave --output-dir out");
  }
  if (!arguments.resume.empty() && arguments.skip_reward_training) {
    throw Error(
        "--resume goes on with its run's own reward model; for another one start a new run "
        "with --skip-reward-training");
  }
}

void Train(const TrainArguments& arguments) {
  CheckArguments(arguments);
  const bool resume = !arguments.resume.empty();
  train::RunFolder folder;
  if (resume) folder = train::RunFolder::Owning(arguments.resume);
  const auto loaded = LoadConfig(arguments.run, resume ? folder.Config() : "");
  if (!resume) {
    folder.path = arguments.output_dir.empty() ? DefaultFolder(loaded->config.run.name)
                                               : arguments.output_dir;
  }
  std::string reward_model;
  if (arguments.skip_reward_training) {
    reward_model = ResolveNewest(arguments.reward_model_path);
    reward::ReadRewardModel(reward_model);  // complains before a folder is made
  }
  const bool trains_reward_model = reward_model.empty() && !FileExists(folder.RewardModel());
  if (trains_reward_model) {
    FindModel(loaded->options, "reward_model.model_name", loaded->config.reward_base.model_name);
  }
  train::CheckBeforeTraining(loaded->config, trains_reward_model);
  folder.Create(resume);
  InitLog({.file = folder.Log(), .verbose = arguments.run.verbose});
  Info("run folder: {}", folder.path);
  // The configuration comes last: with it the folder is a run, and one that can be resumed.
  if (!reward_model.empty()) train::AdoptRewardModel(reward_model, folder);
  if (!resume) WriteFileAtomic(folder.Config(), loaded->options.Yaml());
  try {
    train::Train(loaded->config, {.folder = folder, .resume = resume});
  } catch (const Interrupted&) {
    Info("stopped; go on with: pgts train --resume {}", folder.path);
    throw;
  }
}

}  // namespace

void AddTrain(CLI::App& app) {
  auto arguments = std::make_shared<TrainArguments>();
  CLI::App* command = app.add_subcommand("train", "Train the reward model and the policy");
  AddRunFlags(*command, arguments->run);
  command->add_option("--output-dir", arguments->output_dir,
                      "Run folder; default outputs/<name>_<time>");
  command->add_flag("--skip-reward-training", arguments->skip_reward_training,
                    "Phase 2 alone, with --reward-model-path");
  command->add_option("--reward-model-path", arguments->reward_model_path,
                      "A trained reward model (reward_model_final/)");
  command->add_option("--resume", arguments->resume, "Go on with this run");
  command->callback([arguments] { Train(*arguments); });
}

}  // namespace pgts::cli
