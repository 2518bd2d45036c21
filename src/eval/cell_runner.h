// SPDX-License-Identifier: Apache-2.0
// Runs the cells of a comparison over budgets: sets a method's knobs on validation problems, then
// walks the problems of the table.
//
// The token budget is the limit of every method: none has another limit on its nodes, and those
// that keep many leaves open may try `max_width` attempts below a node. The methods that choose
// among the four actions keep the run's own search.max_width, which is part of what the policy was
// trained in; max_depth is the run's for all.
//
// Knobs. Each method's candidates (eval/candidates.h) are walked on the same validation problems
// under the same budget; the most accurate is taken, ties to fewer tokens, then to the first. The
// heuristic's thresholds and those of sequential best-of-n have searches of their own over larger
// grids (eval/baselines.h, eval/sequential_tuning.h).
//
// A seed names the worlds (an epoch of their own) and the draws of the searches.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eval/cell.h"
#include "eval/compare_settings.h"
#include "eval/environment.h"
#include "search/methods.h"

namespace pgts::eval {

struct CellParts {
  const CompareSettings& settings;
  tree::Limits limits;              // the run's own
  tree::Policy* greedy = nullptr;   // null: no trained policy
  tree::Policy* sampled = nullptr;  // the same, drawing its actions
  int64_t policy_parameters = 0;
};

class CellRunner {
 public:
  // Error for an empty split.
  CellRunner(const Environment& environment, const CellParts& parts);

  // Whether session and parts hold what the method needs.
  bool CanServe(const search::Method& method) const;

  Candidate Tune(const Cell& cell);
  MethodResult Run(const Cell& cell, const Candidate& candidate);

  // For each seed and problem of the table: what a perfect choice of action must spend in its
  // sampled world as grown so far (eval/action_bound.h).
  std::vector<double> TokensToRight() const;

 private:
  struct Problems {
    task::Split split;
    int epoch;
    std::vector<int64_t> indices;
  };
  tree::Limits LimitsOf(const Cell& cell, bool bounded_nodes) const;
  MethodResult Walk(const Cell& cell, const Candidate& candidate, const Problems& problems);
  Candidate TuneThresholds(const Cell& cell);
  Candidate BestCandidate(const Cell& cell);

  Environment environment_;
  CellParts parts_;
  Problems tuning_, table_;
};

}  // namespace pgts::eval
