// SPDX-License-Identifier: Apache-2.0
// `pgts train-reward RUN`: phase 1's second half, a reward model from the data of a run.
#include <CLI/CLI.hpp>

#include <memory>

#include "base/error.h"
#include "base/files.h"
#include "cli/commands.h"
#include "cli/run_start.h"
#include "labels/data_builder.h"
#include "train/preflight.h"
#include "train/trainer.h"

namespace pgts::cli {
namespace {

struct TrainRewardArguments {
  RunFlags run;
  std::string from, output_dir;
};

// A reward model that was trained is never overwritten: a policy may rest on it.
void CheckFree(const session::RunFolder& folder) {
  if (!FileExists(folder.RewardModel())) return;
  throw Error::Format("{} holds a reward model already: choose another run with --output-dir",
                      folder.path);
}

void TrainReward(const TrainRewardArguments& arguments) {
  const session::RunFolder from = session::RunFolder::Owning(arguments.from);
  Run run{.folder = arguments.output_dir.empty() ? from : session::RunFolder{arguments.output_dir},
          .resume = arguments.output_dir.empty(),
          .loaded = LoadConfig(arguments.run, from.Config())};
  CheckFree(run.folder);
  FindRewardBase(*run.loaded);
  train::CheckBeforeTraining(run.config(), /*trains_reward_model=*/true);
  labels::CheckStepData(from.RewardData());
  OpenRun(run, arguments.run.verbose);
  WriteConfig(run);
  train::TrainReward(run.config(), from, run.folder);
}

}  // namespace

void AddTrainReward(CLI::App& app) {
  auto arguments = std::make_shared<TrainRewardArguments>();
  CLI::App* command =
      app.add_subcommand("train-reward", "Fine-tune a reward model on the data of a run");
  AddRunFlags(*command, arguments->run);
  command->add_option("run", arguments->from, "A run that holds reward_data/")->required();
  command->add_option("--output-dir", arguments->output_dir,
                      "A new run for the reward model; default: the data's own");
  command->callback([arguments] { TrainReward(*arguments); });
}

}  // namespace pgts::cli
