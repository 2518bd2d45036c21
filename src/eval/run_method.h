// SPDX-License-Identifier: Apache-2.0
// Runs one searcher over problems, side by side, and grades it. As many walkers are out as the
// engine has places for: with more, they would push each other out of memory and read their paths
// again at every step. Where a search ends, the next problem's begins.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "eval/results.h"
#include "eval/environment.h"
#include "search/searcher.h"

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
  // Called with every finished run, in the order of the problems, and with the decisions of each
  // search in it (tree/trajectory.h), graded; may be empty.
  std::function<void(const task::Problem&, const search::SearchResult&,
                     std::vector<tree::Trajectory>)>
      on_result;
  bool with_features = false;  // of the trajectories handed to on_result
};

// Shows progress. The session forgets its prefixes at the start.
MethodResult RunMethod(const Environment& environment, const MethodRun& run);

// 0, 1, ..., at most Size(split).
// Error where the split is empty.
std::vector<int64_t> FirstProblems(const task::Task& task, task::Split split, int64_t count);

}  // namespace pgts::eval
