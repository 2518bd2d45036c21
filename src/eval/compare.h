// SPDX-License-Identifier: Apache-2.0
// Compares methods: sets each one's hyperparameters on validation problems, walks the problems of
// the table, and puts what came of it into columns. `pgts compare` asks for many columns, `pgts
// eval` for one (eval/evaluate.h).
//
// Trying. A setting that ends by itself is tried without a cap, one that searches until its limits
// at each of `caps`; for a column of a cap, every setting is tried at that cap. Test problems
// choose nothing. Each (setting, cap) is walked once, on validation problems and on those of the
// table; columns share it.
//
// A seed names worlds (an epoch of their own) and draws. A problem that some method could not walk,
// because its world was not recorded, leaves the comparison for every method, and is counted.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "eval/cell.h"
#include "eval/comparison.h"
#include "eval/setting_runner.h"

namespace pgts::eval {

struct ComparisonPlan {
  std::vector<search::Method> methods;  // all of them can be served
  SettingRunner::Parts parts;
  task::Split split = task::Split::kTest;
  int64_t problems = 300;
  int64_t tuning_problems = 200;  // of the validation split
  int64_t seed = 0;               // of the bootstrap, and what the draws of `seeds` count from
  std::vector<int> seeds = {0};

  // Columns, in this order.
  std::vector<double> prices;        // of a token, in points of accuracy as a share; decreasing
  bool at_reference_tokens = false;  // of pgts, or without it of the most accurate heuristic
  std::vector<int> budgets;          // hard caps on the tokens of each problem; increasing

  // Where settings that search until their limits are tried, for the first two; empty: multiples of
  // what a chain of cot_sampled takes.
  std::vector<int> caps;

  // What is told of every search on the problems of the table, by method. Not for what a folder
  // holds already.
  std::map<std::string, decltype(MethodRun::on_result), std::less<>> on_result;
};

// Runs what the folder does not hold yet. Throws Interrupted at a stop request; what was finished
// is kept.
Comparison Compare(const Environment& environment, const ComparisonPlan& plan,
                   const CellFolder& folder = CellFolder());

}  // namespace pgts::eval
