// SPDX-License-Identifier: Apache-2.0
// `pgts train`: both phases, or phase 2 alone, or the rest of an interrupted run.
#include <CLI/CLI.hpp>

#include <memory>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/run_start.h"
#include "reward/kind.h"
#include "reward/reward_model.h"
#include "train/plan_text.h"
#include "train/preflight.h"
#include "train/trainer.h"

namespace pgts::cli {
namespace {

struct TrainArguments {
  RunFlags run;
  FolderFlags folder;
  std::string reward_model_path;
  bool skip_reward_training = false;
};

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
  if (!arguments.folder.resume.empty() && arguments.skip_reward_training) {
    throw Error(
        "--resume goes on with its run's own reward model; for another one start a new run "
        "with --skip-reward-training");
  }
}

// What searches judge with where phase 1 is over: the configuration may speak of another.
session::RunConfig WithRewardModel(session::RunConfig config, const std::string& folder) {
  const reward::Kind kind = reward::ReadRewardModel(folder).kind;
  config.reward_model.kind = reward::KindName(kind);
  std::string& base = config.reward_base.model_name;
  if (kind == reward::Kind::kFull) base = folder + "/" + reward::WeightsFile(kind);
  if (!FileExists(base)) base.clear();  // the generator's file, then
  return config;
}

void Train(const TrainArguments& arguments) {
  CheckArguments(arguments);
  const Run run = FindRun(arguments.run, arguments.folder);
  std::string reward_model;
  if (arguments.skip_reward_training) {
    reward_model = ResolveNewest(arguments.reward_model_path);
    reward::ReadRewardModel(reward_model);  // complains before a folder is made
  }
  const bool trains_reward_model = reward_model.empty() && !FileExists(run.folder.RewardModel());
  if (trains_reward_model) FindRewardBase(*run.loaded);
  const train::Plan plan = train::CheckBeforeTraining(
      trains_reward_model
          ? run.config()
          : WithRewardModel(run.config(),
                            reward_model.empty() ? run.folder.RewardModel() : reward_model),
      trains_reward_model);
  OpenRun(run, arguments.run.verbose);
  for (const std::string& line : train::PlanLines(plan)) Info("{}", line);
  // The configuration comes last: with it the folder is a run.
  if (!reward_model.empty()) train::AdoptRewardModel(reward_model, run.folder);
  WriteConfig(run);
  Work(run, "train",
       [&] { train::Train(run.config(), {.folder = run.folder, .resume = run.resume}); });
}

}  // namespace

void AddTrain(CLI::App& app) {
  auto arguments = std::make_shared<TrainArguments>();
  CLI::App* command = app.add_subcommand("train", "Train the reward model and the policy");
  AddRunFlags(*command, arguments->run);
  AddFolderFlags(*command, arguments->folder);
  command->add_flag("--skip-reward-training", arguments->skip_reward_training,
                    "Phase 2 alone, with --reward-model-path");
  command->add_option("--reward-model-path", arguments->reward_model_path,
                      "A trained reward model (reward_model_final/)");
  command->callback([arguments] { Train(*arguments); });
}

}  // namespace pgts::cli
