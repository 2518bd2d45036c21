// SPDX-License-Identifier: Apache-2.0
// What methods reach at several budgets, and what can be read from that. Intervals are 95 %
// bootstrap over problems, as in eval/results.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/results.h"

namespace pgts::eval {

// One method at one budget.
struct BudgetPoint {
  int64_t budget = 0;   // generated tokens a problem
  MethodResult result;  // one record a problem; every number is the mean over the seeds
  Interval accuracy;

  double Mean(double ProblemRecord::*field) const { return result.MeanOf(field); }
};

// The mean over the seeds' results; texts and setting are the first seed's. At least one.
BudgetPoint MakePoint(int64_t budget, const std::vector<MethodResult>& seeds);

struct MethodCurve {
  std::string method;
  std::vector<BudgetPoint> points;  // budgets increase
};

struct BudgetComparison {
  std::vector<int64_t> budgets;
  std::vector<MethodCurve> curves;  // at least one, each with a point for each budget
  int sampled_chains = 0;           // a problem behind cot_sampled, over all seeds
  // [budgets] share of the problems that a perfect choice of action answers right, of all steps
  // grown in the sampled worlds (eval/action_bound.h); empty where none was walked.
  std::vector<double> perfect_actions;

  const MethodCurve* Find(std::string_view method) const;
  size_t problems() const { return curves.front().points.front().result.records.size(); }
};

// The curve that others are compared with: pgts, or without it the best at the largest budget.
const MethodCurve& Reference(const BudgetComparison& comparison);
// The most accurate of the others at budgets[at]; ties to fewer tokens, then to the first. Null
// where there is no other.
const MethodCurve* BestOther(const BudgetComparison& comparison, size_t at);

// accuracy(a) - accuracy(b) on the same problems.
Interval Difference(const BudgetPoint& a, const BudgetPoint& b);

// What a curve reaches for a mean cost a problem: straight between its points, cost on a log scale.
// With more than its dearest point it does what that does; with less than its cheapest: nothing.
std::optional<double> AccuracyAt(const MethodCurve& curve, double ProblemRecord::*cost,
                                 double value);
// The least cost at which the curve reaches the accuracy.
std::optional<double> CostOf(const MethodCurve& curve, double ProblemRecord::*cost,
                             double accuracy);

// The expected share of problems for which some of k chains is right, from c right ones of n:
// 1 - C(n-c, k) / C(n, k) (Chen et al. 2021, arXiv:2107.03374, section 2.1); for k = 1, 2, 4, ...
// up to n. `sampled`: the mean over those n chains of each problem (cot_sampled).
struct PassAtK {
  int k = 0;
  double share = 0;
};
std::vector<PassAtK> PassAt(const MethodResult& sampled, int chains);

}  // namespace pgts::eval
