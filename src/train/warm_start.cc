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
#include "train/terms.h"

namespace pgts::train {
namespace {

constexpr int kTeacherPrices = 6;  // at which a rule is chosen

std::vector<int64_t> First(const ProblemSequence::Range& range, int64_t count) {
  std::vector<int64_t> problems;
  for (int64_t i = 0; i < std::min(count, range.count); ++i) problems.push_back(range.first + i);
  return problems;
}

// The rule that pays best at each price, on training problems.
std::vector<search::PricedRule> FindRules(const session::RunConfig& config,
                                          session::Session& session,
                                          const ProblemSequence::Range& problems) {
  const eval::ProblemSet tuning{.split = task::Split::kTrain,
                                .indices = First(problems, config.teacher.tuning_problems),
                                .epoch = world::kTeacherEpoch};
  const eval::SettingRunner runner(session.environment(),
                                   {.limits = session::ToLimits(config.search)});
  const search::Method& heuristic = search::FindMethod("heuristic");
  const std::vector<eval::Outcome> outcomes = runner.TryEach(heuristic, tuning);
  std::vector<search::PricedRule> rules;
  for (const double price : Prices(config.terms, kTeacherPrices)) {
    const size_t best = eval::BestAtPrice(outcomes, price);
    Info(
        "best heuristic at {:.2g} a token: {}: accuracy {:.3f} for {:.1f} tokens on {} training "
        "problems",
        price, heuristic.candidates[best].text, outcomes[best].accuracy, outcomes[best].tokens,
        tuning.indices.size());
    const search::HeuristicOptions options = search::HeuristicPolicy::Candidates()[best];
    rules.push_back({.token_price = price, .rule = options.On(session.environment().scores)});
  }
  return rules;
}

// On the terms of training.
std::vector<tree::Trajectory> RunTeacher(const session::RunConfig& config,
                                         session::Session& session, search::HeuristicPolicy& rules,
                                         const std::vector<int64_t>& problems) {
  search::PolicyClient client(session.rounds(), rules);
  const search::PolicySearch teacher(client, {});
  std::vector<tree::Trajectory> trajectories;
  for (int pass = 0; pass < config.teacher.passes; ++pass) {
    RolloutRequest request{.fixed_epoch = world::kTeacherEpoch,
                           .limits = session::ToLimits(config.search),
                           .terms = config.terms,
                           .draw = Key("teacher").With(static_cast<uint64_t>(pass))};
    for (int64_t problem : problems) request.visits.push_back({.problem = problem});
    for (Rollout& rollout : CollectRollouts(session.environment(), teacher, request)) {
      trajectories.push_back(std::move(rollout.trajectory));
    }
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

std::vector<search::PricedRule> WarmStart(const session::RunConfig& config,
                                          session::Session& session,
                                          const ProblemSequence::Range& problems,
                                          policy::GpsNetwork& network) {
  std::vector<search::PricedRule> rules = FindRules(config, session, problems);
  search::HeuristicPolicy teacher = search::HeuristicPolicy::ForPrices(rules);
  Imitate(config, RunTeacher(config, session, teacher, First(problems, config.teacher.problems)),
          network);
  return rules;
}

}  // namespace pgts::train
