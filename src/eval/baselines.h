// SPDX-License-Identifier: Apache-2.0
// The comparison at equal tokens: PGTS beside every baseline that matters, on the same worlds.
//
// Equal tokens: each method's one knob is set on validation problems so that its mean charged
// tokens meet PGTS's there; test problems choose nothing. Without a policy (search.use_policy
// false) the most accurate heuristic stands in for PGTS. Knobs:
//   self_consistency, best_of_n_weighted   the mean number of chains (fractional)
//   sequential_best_of_n                   (threshold, most chains): the most accurate pair on
//                                          validation problems among those within PGTS's tokens
//   heuristic                              (branch_below, terminate_above): the same
//   pgts_uniform                           its token budget
// cot_greedy walks the greedy world, cot_sampled is the mean over 16 chains of the same worlds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "eval/run_method.h"
#include "eval/settings.h"
#include "search/heuristic_policy.h"
#include "search/sequential_best_of_n.h"
#include "tree/policy.h"

namespace pgts::eval {

struct ComparisonOptions {
  EvalSettings eval;
  tree::Limits limits;
  int64_t seed = 0;
  tree::Policy* policy = nullptr;  // null: no PGTS
  int64_t policy_parameters = 0;
  // Every baseline at the tokens of PGTS, or without a policy at those of the best heuristic.
  // False: PGTS beside chains of thought, or without a policy the methods that have no knob to set.
  bool baselines = true;
  std::string trajectory_folder;  // PGTS's decisions are written there; empty: not kept
};

// What equal tokens came to on the validation problems.
struct Knobs {
  double chains = 1;
  search::SequentialRule sequential;
  search::HeuristicRule heuristic;
  int64_t uniform_tokens = 0;
};

// Runs every method that the session can serve; those that lack a reward model are left out with
// one line. The session's scorer must be set before if there is one.
Comparison Compare(const Environment& environment, const ComparisonOptions& options);

// The most accurate threshold heuristic on `problems` with at most `max_tokens` mean charged tokens
// (0: no bound); ties to fewer tokens. The grid's cheapest rule where none is within the bound.
struct HeuristicChoice {
  search::HeuristicRule rule;
  double accuracy = 0;
  double tokens = 0;
};
struct HeuristicSearch {
  task::Split split = task::Split::kValidation;
  std::vector<int64_t> problems;
  int epoch = world::kValidationEpoch;
  tree::Limits limits;
  double max_tokens = 0;
};
HeuristicChoice BestHeuristic(const Environment& environment, const HeuristicSearch& search);

}  // namespace pgts::eval
