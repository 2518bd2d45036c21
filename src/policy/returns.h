// SPDX-License-Identifier: Apache-2.0
// What the decisions of a search earn, and what they are worth in hindsight.
//
//   r_t = step_penalty - cost[action] - (token_cost + token_price * value) * tokens
//         + score_weight * (gamma * Phi(s_{t+1}) - Phi(s_t))
//         + final_reward_{correct,incorrect} at the decision after which the search ends
//
// token_price is the one that the search was told, in right answers a token, and `value` what a
// right answer is worth: final_reward_correct - final_reward_incorrect.
// Phi is the current node's score (root 0.5, dead 0) and 0 at the end, so the shaping leaves what
// is optimal as it is (Ng, Harada and Russell, ICML 1999). The trajectory carries both potentials.
//
//   delta_t = r_t + gamma * V_{t+1} - V_t,   A_t = delta_t + gamma * lambda * A_{t+1}
//
// is generalised advantage estimation (Schulman et al., ICLR 2016) with V in reward units and
// V = A = 0 after the end: every end of a search is a real end, nothing is bootstrapped.
#pragma once

#include <span>
#include <vector>

#include "policy/options.h"
#include "tree/trajectory.h"

namespace pgts::policy {

// One reward a decision. Throws Error for a finished trajectory with an answer that nobody graded.
std::vector<double> Rewards(const tree::Trajectory& trajectory, const RewardOptions& options);

struct Advantages {
  std::vector<float> advantages;  // A_t, one a decision
  std::vector<float> returns;     // A_t + V_t: the target of the value head, in reward units
};

// GAE over the rewards, with the values that the decisions were recorded with.
Advantages EstimateAdvantages(const tree::Trajectory& trajectory, const RewardOptions& options);

// What each return of a group is above the mean of the others (Kool, van Hoof and Welling, "Buy 4
// REINFORCE samples, get a baseline for free!", 2019; Ahmadian et al., ACL 2024). Searches of one
// problem in one world share their luck, which this takes out. A group of one: 0.
std::vector<double> LeaveOneOut(std::span<const double> returns);

// Discounted sums of the rewards from every decision on (GAE at lambda 1 without values): what the
// warm start fits the value head to.
std::vector<float> DiscountedReturns(const tree::Trajectory& trajectory,
                                     const RewardOptions& options);

}  // namespace pgts::policy
