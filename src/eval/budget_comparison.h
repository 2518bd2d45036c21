// SPDX-License-Identifier: Apache-2.0
// Methods x budgets x seeds, cell by cell, and what they come to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/cell_runner.h"

namespace pgts::eval {

// One method at one budget: one record a problem, in which every number is the mean over the seeds
// (the texts are the first seed's). `method` and `setting` of the result are the cells'.
struct BudgetPoint {
  int64_t budget = 0;
  MethodResult result;
};

struct MethodCurve {
  std::string method;
  std::vector<BudgetPoint> points;  // budgets increase
};

struct BudgetComparison {
  int64_t bootstrap_seed = 0;
  std::vector<int64_t> budgets;
  std::vector<MethodCurve> curves;
  int not_recorded = 0;  // problems that some method could not walk: left out
  // [budgets] share of the problems that a perfect choice of action answers right
  // (eval/found_answers.h), of the sampled worlds.
  std::vector<double> perfect_actions;

  const MethodCurve* Find(std::string_view method) const;
  size_t problems() const;
};

// Runs what the folder does not hold yet. Throws Interrupted at a stop request; what was finished
// is kept.
BudgetComparison CompareBudgets(Session& session, const CellParts& parts, const CellFolder& folder);

// The methods that the comparison runs: those named, or all that can be served. Error for a named
// one that cannot be.
std::vector<std::string> MethodsToRun(const CellRunner& runner, const CompareSettings& settings);

// Of n chains a problem, which `sampled` (cot_sampled, over all seeds) is the mean of: the expected
// share of problems for which some of k chains is right, from c right ones of n:
// 1 - C(n-c, k) / C(n, k) (Chen et al. 2021, arXiv:2107.03374, section 2.1). k = 1, 2, 4, ..., n.
struct PassAtK {
  int k = 0;
  double share = 0;
};
std::vector<PassAtK> PassAt(const MethodResult& sampled, int chains);

double MeanOf(const BudgetPoint& point, double ProblemRecord::*field);

// What a curve reaches for a mean cost a problem: straight between its points, cost on a log scale.
// With more than its dearest point it does what that does; with less than its cheapest: nothing.
std::optional<double> AccuracyAt(const MethodCurve& curve, double ProblemRecord::*cost,
                                 double value);
// The least cost at which the curve reaches the accuracy.
std::optional<double> CostOf(const MethodCurve& curve, double ProblemRecord::*cost,
                             double accuracy);

}  // namespace pgts::eval
