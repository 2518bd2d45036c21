// SPDX-License-Identifier: Apache-2.0
// `pgts doctor`: what is wrong with a run's generator, reward model and search, in words. Exit code
// 0: nothing; 1: something is to be fixed.
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <optional>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/temp_folder.h"
#include "cli/commands.h"
#include "cli/reward_model_flag.h"
#include "cli/run_flags.h"
#include "session/run_folder.h"
#include "train/doctor.h"

namespace pgts::cli {
namespace {

struct DoctorArguments {
  RunFlags run;
  std::string run_folder, reward_model_path;
  int limit = 60;
  bool json = false, search = false;
};

// What is looked at: a run with its reward model, a reward model alone, or a generator alone.
struct Target {
  std::string reward_model, base_config, world, policy;
};

Target FindTarget(const DoctorArguments& arguments) {
  Target target;
  if (!arguments.run_folder.empty()) {
    const session::RunFolder run = session::RunFolder::Owning(arguments.run_folder);
    target = {.base_config = run.Config(), .world = run.World()};
    if (FileExists(run.RewardModel())) target.reward_model = run.RewardModel();
    if (arguments.search) target.policy = arguments.run_folder;
  }
  if (!arguments.reward_model_path.empty()) {
    const RewardModelPlace place = FindRewardModel(arguments.reward_model_path);
    target.reward_model = place.folder;
    if (target.base_config.empty()) target.base_config = place.base_config;
  }
  return target;
}

bool Examine(const DoctorArguments& arguments) {
  if (arguments.search && arguments.run_folder.empty()) {
    throw Error("--search dissects the searches of a trained policy: name its run");
  }
  const Target target = FindTarget(arguments);
  const auto loaded = LoadConfig(arguments.run, target.base_config);
  InitLog({.verbose = arguments.run.verbose});
  const session::RunConfig& config = loaded->config;
  session::CheckGrowsWorlds(config);
  std::optional<TempFolder> scratch;
  std::string world = config.world.dir.empty() ? target.world : config.world.dir;
  if (world.empty()) world = scratch.emplace().path();
  if (target.reward_model.empty()) Info("no reward model: the generator alone is looked at");
  session::Session session(session::ToSessionOptions(config, world));
  const train::Diagnosis diagnosis = train::Examine(
      config, session,
      {.reward_model = target.reward_model, .problems = arguments.limit, .policy = target.policy});
  fmt::print("{}", arguments.json ? JsonPretty(train::ToJson(diagnosis))
                                  : train::DiagnosisText(diagnosis));
  return diagnosis.Healthy();
}

}  // namespace

void AddDoctor(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<DoctorArguments>();
  CLI::App* command =
      app.add_subcommand("doctor", "Find out what is wrong with a generator or a reward model");
  AddRunFlags(*command, arguments->run);
  command->add_option("run", arguments->run_folder, "The run to look at");
  command->add_option("--reward-model-path", arguments->reward_model_path,
                      "Another reward model than the run's, or one without a run");
  command->add_option("--limit", arguments->limit, "How many held-out problems")
      ->check(CLI::Range(1, 100000));
  command->add_flag("--search", arguments->search,
                    "Also where the run's trained policy loses accuracy, and what other decisions "
                    "would have been worth");
  command->add_flag("--json", arguments->json, "Findings and the numbers behind them as JSON");
  command->callback([arguments, &exit_code] { exit_code = Examine(*arguments) ? 0 : 1; });
}

}  // namespace pgts::cli
