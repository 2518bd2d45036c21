// SPDX-License-Identifier: Apache-2.0
#include "train/trainer.h"

#include <ATen/Parallel.h>

#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/progress.h"
#include "train/policy_phase.h"
#include "train/resume_state.h"
#include "train/reward_phase.h"

namespace pgts::train {
namespace {

void PrepareRewardModel(const RunConfig& config, const RunFolder& folder, eval::Session& session) {
  if (!FileExists(folder.RewardModel() + "/reward_model.json")) {
    RunRewardPhase(config, session, folder);
  }
  const reward::RewardModel reward_model = UseRewardModel(config, session, folder.RewardModel());
  reward::PassGate(reward_model.gate, config.gate);
}

}  // namespace

eval::SessionOptions ToSessionOptions(const RunConfig& config, std::string store_folder) {
  return {.generator = config.generator,
          .task = config.task,
          .world = config.world,
          .engine = config.engine,
          .store_folder = std::move(store_folder)};
}

void AdoptRewardModel(const std::string& from, const RunFolder& folder) {
  namespace fs = std::filesystem;
  reward::ReadRewardModel(from);  // complains before anything is copied
  if (fs::exists(folder.RewardModel()) && fs::equivalent(from, folder.RewardModel())) return;
  const std::string part = folder.RewardModel() + ".part";
  fs::remove_all(part);
  fs::copy(from, part, fs::copy_options::recursive);
  fs::remove_all(folder.RewardModel());
  fs::rename(part, folder.RewardModel());
  Info("reward model: {}", from);
}

void Train(const RunConfig& config, const TrainRequest& request) {
  const auto start = std::chrono::steady_clock::now();
  const int threads = config.engine.threads > 0
                          ? config.engine.threads
                          : static_cast<int>(std::thread::hardware_concurrency());
  at::set_num_threads(threads);
  const ResumeState state = request.resume ? ReadResumeState(request.folder) : ResumeState{};
  eval::SessionOptions options = ToSessionOptions(
      config, config.world.dir.empty() ? request.folder.World() : config.world.dir);
  // A world folder of the user's own may have grown by other runs: it is never cut.
  if (request.resume && config.world.dir.empty()) options.keep = state.store;
  eval::Session session(options);
  PrepareRewardModel(config, request.folder, session);
  if (!config.search.use_policy) {
    Info(
        "search.use_policy = false: no policy is trained, the best threshold heuristic searches; "
        "evaluate with: pgts eval --policy-checkpoint {}",
        request.folder.path);
    return;
  }
  RunPolicyPhase(config, session, request.folder, state);
  session.LogEngine();
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  Info("training took {}; evaluate with: pgts eval --policy-checkpoint {}",
       FormatSeconds(spent.count()), request.folder.path);
}

}  // namespace pgts::train
