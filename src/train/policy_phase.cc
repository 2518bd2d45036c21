// SPDX-License-Identifier: Apache-2.0
#include "train/policy_phase.h"

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/stopwatch.h"
#include "policy/checkpoint.h"
#include "policy/gps_network.h"
#include "policy/network_policy.h"
#include "policy/ppo.h"
#include "search/policy_search.h"
#include "search/trace.h"
#include "session/policy_wiring.h"
#include "train/policy_report.h"
#include "train/reward_report.h"
#include "train/rollouts.h"
#include "train/validation.h"
#include "train/warm_start.h"

namespace pgts::train {
namespace {

// A phase 2 that begins writes behind what phase 1 left in metrics.jsonl.
ResumeState StartFrom(ResumeState state, const session::RunFolder& folder) {
  if (!state.InPhaseTwo()) state.metrics = RewardRecordsLength(folder.Metrics());
  return state;
}

// The files that grow over phase 2, opened where the resume state left them.
struct GrowingFiles {
  GrowingFiles(const session::RunFolder& folder, const ResumeState& state)
      : report(folder, state.metrics, state.events),
        trajectories(folder.Trajectories() + "/train.jsonl", state.trajectories) {}

  PolicyReport report;
  JsonlWriter trajectories;
};

class PolicyPhase {
 public:
  PolicyPhase(const session::RunConfig& config, session::Session& session,
              const session::RunFolder& folder, const ResumeState& state)
      : config_(config),
        session_(session),
        folder_(folder),
        state_(StartFrom(state, folder)),
        seed_(static_cast<uint64_t>(config.run.seed)),
        problems_(ProblemsBehind(config.reward_data, session.task().Size(task::Split::kTrain),
                                 config.loop.training_problems)),
        network_(std::make_shared<policy::GpsNetwork>(config.policy_network, seed_)),
        trainer_(network_, {.ppo = config.ppo,
                            .rewards = config.rewards,
                            .temperature = config.search.temperature,
                            .seed = seed_,
                            .group = config.loop.rollouts_per_problem}),
        files_(folder, state_),
        validation_(config, session),
        sequence_(problems_, seed_) {}

  void Run() {
    if (state_.InPhaseTwo()) {
      policy::LoadCheckpoint(folder_.ResumePolicy(state_.iteration), trainer_, Conditions());
      Info("phase 2: resumed after iteration {} of {}", state_.iteration,
           config_.loop.num_iterations);
    } else {
      Begin();
    }
    watch_.emplace();
    seconds_before_ = state_.seconds;
    Progress progress("training the policy", config_.loop.num_iterations, "iterations");
    progress.ResumeAt(state_.iteration);
    while (state_.iteration < config_.loop.num_iterations) {
      Iterate();
      progress.SetNote(files_.report.Note());
      progress.Advance();
    }
    progress.Finish();
    Finish();
  }

 private:
  // What is done once: the warm start, and the lines that validation is compared with.
  void Begin() {
    Info("phase 2: the policy");
    Info("policy_network.dropout {} acts in the warm start only; PPO runs without it",
         config_.policy_network.dropout);
    state_.iteration = 0;
    search::HeuristicPolicy policy =
        search::HeuristicPolicy::ForPrices(WarmStart(config_, session_, problems_, *network_));
    state_.validation_cot = validation_.SampledCot();
    const ValidationReading reading = validation_.Measure(policy, "heuristic on validation");
    state_.validation_teacher = {.accuracy = reading.accuracy, .tokens = reading.tokens};
    Info("validation: sampled CoT {:.3f} for {:.1f} tokens, heuristic {:.3f} for {:.1f} tokens",
         state_.validation_cot.accuracy, state_.validation_cot.tokens, reading.accuracy,
         reading.tokens);
    Validate();
    Save();
  }

  void Iterate() {
    const Stopwatch rollout_watch;
    policy::NetworkPolicy policy(network_, {.temperature = config_.search.temperature});
    search::PolicyClient client(session_.rounds(), policy);
    const search::PolicySearch searcher(client, {});
    RolloutRequest request{
        .rollouts_per_problem = config_.loop.rollouts_per_problem,
        .world_epochs = config_.world.world_epochs,
        .limits = session::ToLimits(config_.search),
        .terms = config_.terms,
        .draw = Key("policy-action").With(seed_).With(static_cast<uint64_t>(state_.iteration))};
    for (int i = 0; i < config_.loop.problems_per_iteration; ++i) {
      const int64_t visit = int64_t{state_.iteration} * config_.loop.problems_per_iteration + i;
      request.visits.push_back(sequence_.At(visit));
    }
    std::vector<Rollout> rollouts = CollectRollouts(session_.environment(), searcher, request);
    const double rollout_seconds = rollout_watch.Seconds();
    Learn(rollouts, rollout_seconds);
    ++state_.iteration;
    if (state_.iteration % config_.loop.validate_every == 0 ||
        state_.iteration == config_.loop.num_iterations) {
      Validate();
    }
    Save();
  }

  void Learn(std::vector<Rollout>& rollouts, double rollout_seconds) {
    std::vector<tree::Trajectory> trajectories;
    for (Rollout& rollout : rollouts) {
      // The file shows which iteration a search belongs to by its number: searches count on.
      const int64_t number =
          int64_t{state_.iteration} * config_.loop.rollouts_per_problem + rollout.number;
      search::TracedSearch traced{.problem = rollout.problem.id,
                                  .method = "pgts",
                                  .rollout = number,
                                  .question = rollout.problem.question,
                                  .gold = rollout.problem.gold,
                                  .trajectory = rollout.trajectory};
      search::WriteTrace(traced, files_.trajectories);
      trajectories.push_back(std::move(traced.trajectory));
    }
    const Stopwatch update_watch;
    const policy::PpoStats stats = trainer_.Update(trajectories);
    files_.report.Iteration({.iteration = state_.iteration + 1,
                             .rollouts = rollouts,
                             .stats = stats,
                             .rollout_seconds = rollout_seconds,
                             .update_seconds = update_watch.Seconds()});
  }

  // The greedy policy on the fixed validation problems; keeps the best.
  void Validate() {
    policy::NetworkPolicy policy(network_, {.greedy = true});
    const ValidationReading reading = validation_.Measure(policy, "validation");
    const bool best = state_.best_iteration < 0 || reading.mean_return > state_.best_return;
    files_.report.Validation({.iteration = state_.iteration,
                              .reading = reading,
                              .cot = state_.validation_cot,
                              .teacher = state_.validation_teacher,
                              .best = best});
    if (!best) return;
    state_.best_iteration = state_.iteration;
    state_.best_return = reading.mean_return;
    policy::SavePolicy(BestPolicy(), *network_, Conditions(), state_.iteration);
  }

  policy::SearchConditions Conditions() const { return session::Conditions(config_, session_); }

  // The resume state comes last: whatever it counts as done is on the disk.
  void Save() {
    policy::SaveCheckpoint(folder_.ResumePolicy(state_.iteration), trainer_, Conditions());
    if (state_.iteration > 0 && state_.iteration % config_.loop.checkpoint_every == 0) {
      policy::SavePolicy(folder_.Checkpoint(state_.iteration), *network_, Conditions(),
                         state_.iteration);
    }
    MeasureFiles();
    state_.seconds = watch_ ? seconds_before_ + watch_->Seconds() : 0;
    WriteResumeState(folder_, state_);
    RemoveOldPolicies();
  }

  // Those of earlier resume states; a kill may have left more than one.
  void RemoveOldPolicies() const {
    namespace fs = std::filesystem;
    const fs::path kept = folder_.ResumePolicy(state_.iteration);
    std::vector<fs::path> old;
    for (const fs::directory_entry& entry : fs::directory_iterator(kept.parent_path())) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("policy_") && name != kept.filename()) old.push_back(entry.path());
    }
    for (const fs::path& path : old) fs::remove(path);
  }

  void MeasureFiles() {
    session_.store()->Sync();
    state_.store = session_.store()->lengths();
    files_.report.Sync();
    state_.metrics = files_.report.metrics_length();
    state_.events = files_.report.events_length();
    files_.trajectories.Sync();
    state_.trajectories = files_.trajectories.length();
  }

  std::string BestPolicy() const { return folder_.path + "/resume/best.safetensors"; }

  void Finish() {
    WriteFileAtomic(folder_.FinalPolicy(), ReadFile(BestPolicy()));
    Info("phase 2 done: {} is the policy of iteration {}, the best of the validations",
         folder_.FinalPolicy(), state_.best_iteration);
  }

  const session::RunConfig& config_;
  session::Session& session_;
  session::RunFolder folder_;
  ResumeState state_;
  uint64_t seed_;
  ProblemSequence::Range problems_;
  std::shared_ptr<policy::GpsNetwork> network_;
  policy::PpoTrainer trainer_;
  GrowingFiles files_;
  Validation validation_;
  ProblemSequence sequence_;
  std::optional<Stopwatch> watch_;  // of phase 2, behind the warm start
  double seconds_before_ = 0;
};

}  // namespace

void RunPolicyPhase(const session::RunConfig& config, session::Session& session,
                    const session::RunFolder& folder, const ResumeState& state) {
  PolicyPhase(config, session, folder, state).Run();
}

}  // namespace pgts::train
