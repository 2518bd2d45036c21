// SPDX-License-Identifier: Apache-2.0
// Sets the two knobs of sequential best-of-n on validation problems. Every chain is walked and
// scored once; what each pair (threshold, most chains) would have done follows by arithmetic.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "eval/environment.h"
#include "search/sequential_best_of_n.h"

namespace pgts::eval {

struct SequentialSearch {
  std::vector<int64_t> problems;  // of the validation split
  tree::Limits limits;
  double max_tokens = 0;  // mean charged tokens a problem
  int max_chains = 16;
};

// One chain as the rule sees it.
struct ScoredChain {
  double tokens = 0;
  float score = 0;  // of its last step
  bool answered = false;
  bool right = false;
};

struct SequentialOutcome {
  double accuracy = 0;
  double tokens = 0;
};

// What the rule does on these chains of each problem.
SequentialOutcome Simulate(const search::SequentialRule& rule,
                           std::span<const std::vector<ScoredChain>> chains_of_problem);

// The most accurate rule within max_tokens; ties to fewer tokens.
search::SequentialRule TuneSequential(const Environment& environment, const SequentialSearch& search);

}  // namespace pgts::eval
