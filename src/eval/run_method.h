// SPDX-License-Identifier: Apache-2.0
// Runs one method over problems (eval/search_runner.h) and records what each of them came to.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "eval/results.h"
#include "eval/search_runner.h"

namespace pgts::eval {

struct MethodRun {
  std::string method;
  std::string setting;
  const search::Searcher* searcher = nullptr;
  world::WorldSource* worlds = nullptr;
  task::Split split = task::Split::kTest;
  std::span<const int64_t> problems;
  int epoch = world::kEvaluationEpoch;
  tree::Limits limits;
  Key draw = Key("search");       // a problem's search draws from draw.With(problem)
  bool mean_over_chains = false;  // cot_sampled: every chain counts by itself
  int64_t policy_parameters = 0;  // for FLOPs
  // Called for every problem, in the order of the problems, with FinishedSearch's fields; may be
  // empty.
  std::function<void(const task::Problem&, const search::SearchResult&,
                     std::vector<tree::Trajectory>)>
      on_result;
};

// Shows progress. Begins with nothing resident (Environment::forget).
MethodResult RunMethod(const Environment& environment, const MethodRun& run);

// 0, 1, ..., at most Size(split).
// Error where the split is empty.
std::vector<int64_t> FirstProblems(const task::Task& task, task::Split split, int64_t count);

}  // namespace pgts::eval
