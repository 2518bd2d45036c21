// SPDX-License-Identifier: Apache-2.0
// For tests: a comparison over budgets by hand.
#pragma once

#include <string>
#include <vector>

#include "eval/budget_curve.h"

namespace pgts::eval {

// A method that was so right on problems 0, 1, ... and spent `tokens` on each.
inline MethodResult ByHand(const std::string& method, const std::vector<double>& correct,
                           double tokens) {
  MethodResult result{.method = method, .setting = "as " + method};
  for (const double value : correct) {
    result.records.push_back({.problem = static_cast<int64_t>(result.records.size()),
                              .answer = value > 0 ? "46" : "",
                              .gold = "46",
                              .text = "40+6=46\n",
                              .correct = value,
                              .answered = value,
                              .flexible_answer = "46",
                              .flexible_correct = 1,
                              .oracle = 1,
                              .tokens = tokens,
                              .flops = 1e6 * tokens});
  }
  return result;
}

// Four problems, at most 50 and 200 tokens:
//   pgts         25 % with 40, 100 % with 160
//   cot_sampled  37.5 % with 45, 50 % with 45     (two chains)
//   beam         0 % with 50, 75 % with 200
inline BudgetComparison ThreeMethods() {
  const auto curve = [](const std::string& name, const MethodResult& low,
                        const MethodResult& high) {
    return MethodCurve{name, {MakePoint(50, {low}), MakePoint(200, {high})}};
  };
  return {
      .budgets = {50, 200},
      .curves = {curve("cot_sampled", ByHand("cot_sampled", {1, 0.5, 0, 0}, 45),
                       ByHand("cot_sampled", {1, 0.5, 0.5, 0}, 45)),
                 curve("beam", ByHand("beam", {0, 0, 0, 0}, 50), ByHand("beam", {1, 1, 0, 1}, 200)),
                 curve("pgts", ByHand("pgts", {1, 0, 0, 0}, 40),
                       ByHand("pgts", {1, 1, 1, 1}, 160))},
      .sampled_chains = 2,
      .perfect_actions = {0.5, 1}};
}

}  // namespace pgts::eval
