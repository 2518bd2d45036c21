// SPDX-License-Identifier: Apache-2.0
// The files of a comparison over budgets.
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
// Paired at each budget: the reference (PGTS) with every other method, and the best of the others
// with every other one.
#pragma once

#include <string>
#include <vector>

#include "eval/budget_curve.h"

namespace pgts::eval {

struct BudgetReport {
  std::string task;
  std::vector<double> reach;  // accuracies whose cost in tokens is told
  Json config;
};

Json ComparisonJson(const BudgetComparison& comparison);

void WriteBudgetResults(const BudgetComparison& comparison, const BudgetReport& report,
                        const std::string& folder);

}  // namespace pgts::eval
