// SPDX-License-Identifier: Apache-2.0
// How a comparison over budgets is told.
//
//   comparison.json         accuracy against tokens and the paired differences, nothing more:
//     {"methods": {"pgts": [{"budget": 100, "tokens_per_problem": 58.9, "accuracy": 0.827,
//                            "ci95": [0.783, 0.87]}, ...], ...},
//      "paired": [{"a": "pgts", "b": "mcts", "budget": 100, "difference": 0.05,
//                  "ci95": [0.02, 0.08]}, ...]}
//   results_<task>.json     lm-evaluation-harness's layout: strict and flexible accuracy of every
//                           method and budget; under "pgts" the rest (costs, bounds, pass@k)
//   samples_<task>_<method>_<budget>.jsonl   its layout, a line for each problem and filter
//
// Intervals are 95 % bootstrap over problems, as in eval/results.h. Differences are those of PGTS,
// or without it of the first method, to each other method at the same budget.
#pragma once

#include <string>

#include "eval/budget_comparison.h"

namespace pgts::eval {

Json ComparisonJson(const BudgetComparison& comparison);

struct BudgetReport {
  std::string task;
  std::vector<double> reach;  // accuracies whose cost in tokens is told
  int chains = 0;             // behind cot_sampled, over all seeds
  Json config;
};

std::string BudgetTable(const BudgetComparison& comparison, const BudgetReport& report);
void WriteBudgetResults(const BudgetComparison& comparison, const BudgetReport& report,
                        const std::string& folder);

// The method that others are compared with: pgts if it was run, else the first.
const MethodCurve& Reference(const BudgetComparison& comparison);

}  // namespace pgts::eval
