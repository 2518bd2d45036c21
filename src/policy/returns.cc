// SPDX-License-Identifier: Apache-2.0
#include "policy/returns.h"

#include <numeric>

#include "base/error.h"

namespace pgts::policy {

std::vector<double> Rewards(const tree::Trajectory& trajectory, const RewardOptions& options) {
  if (trajectory.answer && !trajectory.correct) {
    throw Error::Format("cannot reward a search whose answer \"{}\" was not graded",
                        trajectory.answer->text);
  }
  std::vector<double> rewards;
  rewards.reserve(trajectory.steps.size());
  const auto costs = options.ActionCosts();
  const double value_of_right = options.final_reward_correct - options.final_reward_incorrect;
  const double token_cost = options.token_cost + trajectory.token_price * value_of_right;
  for (const tree::TrajectoryStep& step : trajectory.steps) {
    const double shaping = options.discount_gamma * step.potential_after - step.potential_before;
    rewards.push_back(options.step_penalty - costs[static_cast<int>(step.decision.action)] -
                      token_cost * step.tokens + options.score_weight * shaping);
  }
  if (!rewards.empty()) {
    rewards.back() += trajectory.correct.value_or(false) ? options.final_reward_correct
                                                         : options.final_reward_incorrect;
  }
  return rewards;
}

Advantages EstimateAdvantages(const tree::Trajectory& trajectory, const RewardOptions& options) {
  const std::vector<double> rewards = Rewards(trajectory, options);
  Advantages out;
  out.advantages.resize(rewards.size());
  out.returns.resize(rewards.size());
  double advantage = 0, next_value = 0;
  for (size_t t = rewards.size(); t-- > 0;) {
    const double value = trajectory.steps[t].decision.value;
    const double delta = rewards[t] + options.discount_gamma * next_value - value;
    advantage = delta + options.discount_gamma * options.gae_lambda * advantage;
    out.advantages[t] = static_cast<float>(advantage);
    out.returns[t] = static_cast<float>(advantage + value);
    next_value = value;
  }
  return out;
}

std::vector<double> LeaveOneOut(std::span<const double> returns) {
  const double sum = std::accumulate(returns.begin(), returns.end(), 0.0);
  std::vector<double> advantages;
  for (const double own : returns) {
    const auto others = static_cast<double>(returns.size()) - 1;
    advantages.push_back(others > 0 ? own - (sum - own) / others : 0);
  }
  return advantages;
}

std::vector<float> DiscountedReturns(const tree::Trajectory& trajectory,
                                     const RewardOptions& options) {
  const std::vector<double> rewards = Rewards(trajectory, options);
  std::vector<float> returns(rewards.size());
  double sum = 0;
  for (size_t t = rewards.size(); t-- > 0;) {
    sum = rewards[t] + options.discount_gamma * sum;
    returns[t] = static_cast<float>(sum);
  }
  return returns;
}

}  // namespace pgts::policy
