// SPDX-License-Identifier: Apache-2.0
#include "train/trainer.h"

#include <filesystem>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/stopwatch.h"
#include "labels/trl.h"
#include "model/threads.h"
#include "report/report.h"
#include "session/reward_wiring.h"
#include "train/policy_phase.h"
#include "train/resume_state.h"
#include "train/reward_phase.h"

namespace pgts::train {
namespace {

// Phase 1 begins metrics.jsonl anew: never under a phase 2 that goes on.
void RefuseToRepeatPhaseOne(const session::RunFolder& folder, const ResumeState& state) {
  if (!state.InPhaseTwo()) return;
  throw Error::Format(
      "{} is missing, but phase 2 has begun with it: put it back, or start a new run",
      folder.RewardModel());
}

void PrepareRewardModel(const session::RunConfig& config, const session::RunFolder& folder,
                        const ResumeState& state, session::Session& session) {
  if (!FileExists(folder.RewardModel() + "/reward_model.json")) {
    RefuseToRepeatPhaseOne(folder, state);
    RunRewardPhase(config, session, folder);
  }
  const reward::RewardModel reward_model =
      session::UseRewardModel(config, session, folder.RewardModel());
  reward::PassGate(reward_model.gate, config.gate);
}

// With the run's worlds, cut back to `state` where the run is resumed. A world folder of the user's
// own may have grown by other runs: it is never cut.
session::SessionOptions RunSession(const session::RunConfig& config, const TrainRequest& request,
                                   const ResumeState& state) {
  const bool own = config.world.dir.empty();
  session::SessionOptions options =
      session::ToSessionOptions(config, own ? request.folder.World() : config.world.dir);
  if (request.resume && own) options.keep = state.store;
  return options;
}

}  // namespace

void AdoptRewardModel(const std::string& from, const session::RunFolder& folder) {
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

void Train(const session::RunConfig& config, const TrainRequest& request) {
  const Stopwatch watch;
  model::UseThreads(config.engine.threads);
  const ResumeState state = request.resume ? ReadResumeState(request.folder) : ResumeState{};
  session::Session session(RunSession(config, request, state));
  PrepareRewardModel(config, request.folder, state, session);
  if (!config.search.use_policy) {
    Info(
        "search.use_policy = false: no policy is trained, the best threshold heuristic searches; "
        "evaluate with: pgts eval --policy-checkpoint {}",
        request.folder.path);
    session.LogEngine();
    report::TryWriteReport({.run = request.folder.path});
    return;
  }
  RunPolicyPhase(config, session, request.folder, state);
  session.LogEngine();
  const double spent = watch.Seconds();
  report::TryWriteReport({.run = request.folder.path});
  Info("training took {}; evaluate with: pgts eval --policy-checkpoint {}", FormatSeconds(spent),
       request.folder.path);
}

void MakeData(const session::RunConfig& config, const TrainRequest& request,
              const std::string& export_folder) {
  model::UseThreads(config.engine.threads);
  const session::RunFolder& folder = request.folder;
  // Where a reward model has learnt from it, the data is read back and no world is touched.
  const bool used = FileExists(folder.RewardModel());
  const ResumeState state = request.resume ? ReadResumeState(folder) : ResumeState{};
  session::Session session(used ? session::ToSessionOptions(config, /*store_folder=*/"")
                                : RunSession(config, request, state));
  if (!used) Info("phase 1: labelled steps");
  const labels::StepData data =
      used ? labels::ReadStepData(folder.RewardData()) : MakeRewardData(config, session, folder);
  if (!export_folder.empty()) {
    labels::ExportTrl(data, session.task(), session.generator().tokenizer(), export_folder);
  }
  session.LogEngine();
  if (!used) Info("fine-tune a reward model on it with: pgts train-reward {}", folder.path);
}

void TrainReward(const session::RunConfig& config, const session::RunFolder& from,
                 const session::RunFolder& to) {
  model::UseThreads(config.engine.threads);
  labels::StepData data = labels::ReadStepData(from.RewardData());
  session::Session session(session::ToSessionOptions(config, /*store_folder=*/""));
  TrainRewardModel(config, session, std::move(data), {.from = from, .to = to});
  Info("train the policy with: pgts train --resume {}", to.path);
}

}  // namespace pgts::train
