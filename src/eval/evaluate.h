// SPDX-License-Identifier: Apache-2.0
// What `pgts eval` compares: one column of eval/compare.h. With baselines every method spends what
// PGTS spends on validation problems, or, without a policy, what the most accurate heuristic does.
#pragma once

#include <cstdint>
#include <string>

#include "eval/comparison.h"
#include "eval/environment.h"
#include "eval/settings.h"
#include "tree/policy.h"
#include "tree/tree.h"

namespace pgts::eval {

struct EvaluationOptions {
  EvalSettings eval;
  tree::Limits limits;
  int64_t seed = 0;
  tree::Policy* policy = nullptr;  // null: no PGTS
  int64_t policy_parameters = 0;
  // False: PGTS beside chains of thought, or without a policy chains that vote, eval.chains of
  // them.
  bool baselines = true;
  std::string trajectory_folder;  // PGTS's decisions are written there; empty: not kept
};

// Runs what the environment can serve; what lacks a reward model is left out with one line.
Comparison Evaluate(const Environment& environment, const EvaluationOptions& options);

}  // namespace pgts::eval
