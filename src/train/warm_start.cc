// SPDX-License-Identifier: Apache-2.0
#include "train/warm_start.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/progress.h"
#include "eval/setting_runner.h"
#include "policy/gps_network.h"
#include "policy/imitation.h"
#include "search/policy_search.h"
#include "train/rollouts.h"

namespace pgts::train {
namespace {

std::vector<int64_t> First(const ProblemSequence::Range& range, int64_t count) {
  std::vector<int64_t> problems;
  for (int64_t i = 0; i < std::min(count, range.count); ++i) problems.push_back(range.first + i);
  return problems;
}

std::vector<tree::Trajectory> RunTeacher(session::Session& session, const search::Searcher& teacher,
                                         const std::vector<int64_t>& problems,
                                         tree::Limits limits) {
  RolloutRequest request{.fixed_epoch = world::kTeacherEpoch, .limits = limits};
  for (int64_t problem : problems) request.visits.push_back({.problem = problem});
  std::vector<tree::Trajectory> trajectories;
  for (Rollout& rollout : CollectRollouts(session.environment(), teacher, request)) {
    trajectories.push_back(std::move(rollout.trajectory));
  }
  return trajectories;
}

void Imitate(const session::RunConfig& config, const std::vector<tree::Trajectory>& trajectories,
             policy::GpsNetwork& network) {
  Progress progress("warm start", config.warm_start.epochs, "epochs");
  const policy::ImitationStats stats =
      policy::Imitate(network, trajectories,
                      {.options = config.warm_start,
                       .rewards = config.rewards,
                       .temperature = config.search.temperature,
                       .seed = static_cast<uint64_t>(config.run.seed),
                       .after_epoch = [&](int, double loss) {
                         progress.SetNote(fmt::format("loss {:.3f}", loss));
                         progress.Advance();
                       }});
  Info(
      "warm start: agrees with the heuristic on {:.1f} % of held-out unforced decisions ({} "
      "trained on), value explains {:.2f} of the variance",
      100 * stats.held_out_agreement, stats.training_decisions, stats.held_out_explained_variance);
}

}  // namespace

search::HeuristicRule WarmStart(const session::RunConfig& config, session::Session& session,
                                const ProblemSequence::Range& problems,
                                policy::GpsNetwork& network) {
  const tree::Limits limits = session::ToLimits(config.search);
  const eval::ProblemSet tuning{.split = task::Split::kTrain,
                                .indices = First(problems, config.teacher.tuning_problems),
                                .epoch = world::kTeacherEpoch};
  const eval::SettingRunner runner(session.environment(), {.limits = limits});
  const eval::BestSetting best = runner.MostAccurate(search::FindMethod("heuristic"), tuning);
  const search::HeuristicRule rule = search::HeuristicPolicy::Candidates()[best.candidate];
  Info(
      "best heuristic: branch below {:.2f}, terminate at {:.2f} or more: accuracy {:.3f} for "
      "{:.1f} tokens on {} training problems",
      rule.branch_below, rule.terminate_above, best.outcome.accuracy, best.outcome.tokens,
      tuning.indices.size());
  search::HeuristicPolicy policy(rule);
  search::PolicyClient client(session.rounds(), policy);
  const search::PolicySearch searcher(client, {});
  Imitate(config, RunTeacher(session, searcher, First(problems, config.teacher.problems), limits),
          network);
  return rule;
}

}  // namespace pgts::train
