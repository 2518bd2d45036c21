// SPDX-License-Identifier: Apache-2.0
#include "train/policy_phase.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <numeric>
#include <utility>

#include "base/log.h"
#include "base/progress.h"
#include "eval/baselines.h"
#include "policy/checkpoint.h"
#include "policy/gps_network.h"
#include "policy/imitation.h"
#include "policy/network_policy.h"
#include "policy/ppo.h"
#include "policy/returns.h"
#include "search/cot.h"
#include "search/policy_search.h"
#include "search/trace.h"
#include "train/policy_report.h"
#include "train/reward_report.h"
#include "train/rollouts.h"

namespace pgts::train {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double SumOf(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

// The files that grow over phase 2, opened where the resume state left them.
struct GrowingFiles {
  GrowingFiles(const RunFolder& folder, const ResumeState& state)
      : report(folder, state.metrics, state.events),
        trajectories(folder.Trajectories() + "/train.jsonl", state.trajectories) {}

  PolicyReport report;
  JsonlWriter trajectories;
};

class PolicyPhase {
 public:
  PolicyPhase(const RunConfig& config, eval::Session& session, const RunFolder& folder,
              std::optional<ResumeState> state)
      : config_(config),
        session_(session),
        folder_(folder),
        resumed_(state.has_value()),
        state_(state.value_or(ResumeState{.metrics = RewardRecordsLength(folder.Metrics())})),
        limits_(eval::ToLimits(config.search)),
        seed_(static_cast<uint64_t>(config.run.seed)),
        network_(std::make_shared<policy::GpsNetwork>(config.policy_network, seed_)),
        trainer_(network_, {.ppo = config.ppo,
                            .rewards = config.rewards,
                            .temperature = config.search.temperature,
                            .seed = seed_}),
        files_(folder, state_),
        validation_(eval::FirstProblems(session.task(), task::Split::kValidation,
                                        config.loop.validation_problems)),
        sequence_(TrainingRange()) {}

  void Run() {
    if (resumed_) {
      policy::LoadCheckpoint(folder_.ResumePolicy(state_.iteration), trainer_);
      Info("phase 2: resumed after iteration {} of {}", state_.iteration,
           config_.loop.num_iterations);
    } else {
      Begin();
    }
    started_ = Clock::now();
    seconds_before_ = state_.seconds;
    Progress progress("training the policy", config_.loop.num_iterations, "iterations");
    progress.SetDone(state_.iteration);
    while (state_.iteration < config_.loop.num_iterations) {
      Iterate();
      progress.SetNote(files_.report.Note());
      progress.Advance();
    }
    progress.Finish();
    Finish();
  }

 private:
  ProblemSequence::Range TrainingRange() const {
    const int64_t size = session_.task().Size(task::Split::kTrain);
    const int64_t first = std::min<int64_t>(config_.reward_data.train_problems, size / 2);
    int64_t count = size - first;
    if (config_.loop.training_problems > 0) count = std::min(count, config_.loop.training_problems);
    return {.first = first, .count = count, .seed = seed_};
  }

  // What is done once: the lines that validation is compared with, the teacher, the warm start.
  void Begin() {
    Info("phase 2: the policy");
    Info("policy_network.dropout {} acts in the warm start only; PPO runs without it",
         config_.policy_network.dropout);
    WarmStart();
    state_.validation_cot = ValidateCot();
    state_.validation_teacher = ValidateTeacher();
    Info("validation: sampled CoT {:.3f} for {:.1f} tokens, heuristic {:.3f} for {:.1f} tokens",
         state_.validation_cot.accuracy, state_.validation_cot.tokens,
         state_.validation_teacher.accuracy, state_.validation_teacher.tokens);
    Validate();
    Save();
  }

  void WarmStart() {
    const eval::HeuristicChoice teacher = eval::BestHeuristic(
        session_, {.split = task::Split::kTrain,
                   .problems = TeacherProblems(config_.teacher.tuning_problems),
                   .epoch = world::kTeacherEpoch,
                   .limits = limits_});
    state_.teacher_branch_below = teacher.rule.branch_below;
    state_.teacher_terminate_above = teacher.rule.terminate_above;
    Info("best heuristic: branch below {:.2f}, terminate at {:.2f} or more: accuracy {:.3f} for "
         "{:.1f} tokens on {} training problems", teacher.rule.branch_below,
         teacher.rule.terminate_above, teacher.accuracy, teacher.tokens,
         config_.teacher.tuning_problems);
    search::HeuristicPolicy policy(teacher.rule);
    search::PolicyClient client(session_.rounds(), policy);
    const search::PolicySearch searcher(client, {.name = "heuristic"});
    Imitate(searcher);
  }

  void Imitate(const search::Searcher& teacher) {
    std::vector<tree::Trajectory> trajectories;
    RolloutRequest request{.fixed_epoch = world::kTeacherEpoch, .limits = limits_};
    const std::vector<int64_t> problems = TeacherProblems(config_.teacher.problems);
    const size_t width = static_cast<size_t>(config_.engine.width);
    for (size_t begin = 0; begin < problems.size(); begin += width) {
      request.visits.clear();
      const size_t end = std::min(problems.size(), begin + width);
      for (size_t i = begin; i < end; ++i) request.visits.push_back({problems[i], 0});
      for (Rollout& rollout : CollectRollouts(session_, teacher, request)) {
        trajectories.push_back(std::move(rollout.trajectory));
      }
    }
    Progress progress("warm start", config_.warm_start.epochs, "epochs");
    const policy::ImitationStats stats = policy::Imitate(
        *network_, trajectories,
        {.options = config_.warm_start,
         .rewards = config_.rewards,
         .temperature = config_.search.temperature,
         .seed = seed_,
         .after_epoch = [&](int, double loss) {
           progress.SetNote(fmt::format("loss {:.3f}", loss));
           progress.Advance();
         }});
    Info("warm start: agrees with the heuristic on {:.1f} % of held-out unforced decisions ({} "
         "trained on), value explains {:.2f} of the variance", 100 * stats.held_out_agreement,
         stats.training_decisions, stats.held_out_explained_variance);
  }

  std::vector<int64_t> TeacherProblems(int count) const {
    std::vector<int64_t> problems;
    const ProblemSequence::Range range = TrainingRange();
    for (int64_t i = 0; i < std::min<int64_t>(count, range.count); ++i) problems.push_back(range.first + i);
    return problems;
  }

  void Iterate() {
    const auto start = Clock::now();
    policy::NetworkPolicy policy(network_, {.temperature = config_.search.temperature});
    search::PolicyClient client(session_.rounds(), policy);
    const search::PolicySearch searcher(client, {});
    RolloutRequest request{.rollouts_per_problem = config_.loop.rollouts_per_problem,
                           .world_epochs = config_.world.world_epochs,
                           .limits = limits_,
                           .draw = Key("policy-action").With(seed_).With(
                               static_cast<uint64_t>(state_.iteration))};
    for (int i = 0; i < config_.loop.problems_per_iteration; ++i) {
      const int64_t visit = int64_t{state_.iteration} * config_.loop.problems_per_iteration + i;
      request.visits.push_back(sequence_.At(visit));
    }
    std::vector<Rollout> rollouts = CollectRollouts(session_, searcher, request);
    const double rollout_seconds = SecondsSince(start);
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
      const int64_t number = int64_t{state_.iteration} * config_.loop.rollouts_per_problem +
                             rollout.number;
      search::TracedSearch traced{.problem = rollout.problem.id, .method = "pgts",
                                  .rollout = number, .question = rollout.problem.question,
                                  .gold = rollout.problem.gold,
                                  .trajectory = rollout.trajectory};
      search::WriteTrace(traced, files_.trajectories);
      trajectories.push_back(std::move(traced.trajectory));
    }
    const auto start = Clock::now();
    const policy::PpoStats stats = trainer_.Update(trajectories);
    files_.report.Iteration({.iteration = state_.iteration + 1,
                             .rollouts = rollouts,
                             .stats = stats,
                             .rollout_seconds = rollout_seconds,
                             .update_seconds = SecondsSince(start)});
  }

  eval::MethodRun ValidationRun() {
    return {.worlds = &session_.sampled(),
            .split = task::Split::kValidation,
            .problems = validation_,
            .epoch = world::kValidationEpoch,
            .limits = limits_};
  }

  static ValidationLine Line(const eval::MethodResult& result) {
    return {.accuracy = Mean(result.Correct()),
            .tokens = result.MeanOf(&eval::ProblemRecord::tokens)};
  }

  ValidationLine ValidateCot() {
    constexpr int kValidationChains = 4;
    const search::ChainOfThought searcher(kValidationChains);
    eval::MethodRun run = ValidationRun();
    run.method = "sampled CoT on validation";
    run.searcher = &searcher;
    run.walkers = kValidationChains;
    run.mean_over_chains = true;
    return Line(eval::RunMethod(session_, run));
  }

  ValidationLine ValidateTeacher() {
    search::HeuristicPolicy policy({static_cast<float>(state_.teacher_branch_below),
                                    static_cast<float>(state_.teacher_terminate_above)});
    search::PolicyClient client(session_.rounds(), policy);
    const search::PolicySearch searcher(client, {.name = "heuristic"});
    eval::MethodRun run = ValidationRun();
    run.method = "heuristic on validation";
    run.searcher = &searcher;
    return Line(eval::RunMethod(session_, run));
  }

  // The greedy policy on the fixed validation problems; keeps the best.
  void Validate() {
    policy::NetworkPolicy policy(network_, {.greedy = true});
    search::PolicyClient client(session_.rounds(), policy);
    const search::PolicySearch searcher(client, {});
    eval::MethodRun run = ValidationRun();
    run.method = "validation";
    run.searcher = &searcher;
    double sum = 0;
    run.on_result = [&](const task::Problem&, const search::SearchResult&,
                        const tree::Trajectory& trajectory) {
      sum += SumOf(policy::Rewards(trajectory, config_.rewards));
    };
    const eval::MethodResult result = eval::RunMethod(session_, run);
    const double mean_return = sum / static_cast<double>(result.records.size());
    const bool best = state_.best_iteration < 0 || mean_return > state_.best_return;
    files_.report.Validation({.iteration = state_.iteration,
                              .accuracy = Mean(result.Correct()),
                              .tokens = result.MeanOf(&eval::ProblemRecord::tokens),
                              .mean_return = mean_return,
                              .answered = result.MeanOf(&eval::ProblemRecord::answered),
                              .cot = state_.validation_cot,
                              .teacher = state_.validation_teacher,
                              .best = best});
    if (!best) return;
    state_.best_iteration = state_.iteration;
    state_.best_return = mean_return;
    policy::SavePolicy(folder_.path + "/resume/best.safetensors", *network_, Metadata());
  }

  policy::Metadata Metadata() const {
    return {{"pgts.iteration", std::to_string(state_.iteration)}};
  }

  void Save() {
    if (session_.store() != nullptr) {
      session_.store()->Sync();
      state_.store = session_.store()->lengths();
    }
    state_.metrics = files_.report.metrics_length();
    state_.events = files_.report.events_length();
    state_.trajectories = files_.trajectories.length();
    state_.seconds = started_ ? seconds_before_ + SecondsSince(*started_) : 0;
    policy::SaveCheckpoint(folder_.ResumePolicy(state_.iteration), trainer_, Metadata());
    WriteResumeState(folder_, state_);
    if (state_.iteration > 0) std::filesystem::remove(folder_.ResumePolicy(state_.iteration - 1));
    if (state_.iteration > 0 && state_.iteration % config_.loop.checkpoint_every == 0) {
      policy::SavePolicy(folder_.Checkpoint(state_.iteration), *network_, Metadata());
    }
  }

  void Finish() {
    std::filesystem::copy_file(folder_.path + "/resume/best.safetensors",
                               folder_.FinalPolicy() + ".part",
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::rename(folder_.FinalPolicy() + ".part", folder_.FinalPolicy());
    Info("phase 2 done: {} is the policy of iteration {}, the best of the validations",
         folder_.FinalPolicy(), state_.best_iteration);
  }

  const RunConfig& config_;
  eval::Session& session_;
  RunFolder folder_;
  bool resumed_;
  ResumeState state_;
  tree::Limits limits_;
  uint64_t seed_;
  std::shared_ptr<policy::GpsNetwork> network_;
  policy::PpoTrainer trainer_;
  GrowingFiles files_;
  std::vector<int64_t> validation_;
  ProblemSequence sequence_;
  std::optional<Clock::time_point> started_;
  double seconds_before_ = 0;
};

}  // namespace

void RunPolicyPhase(const RunConfig& config, eval::Session& session, const RunFolder& folder,
                    std::optional<ResumeState> state) {
  PolicyPhase(config, session, folder, state).Run();
}

}  // namespace pgts::train
