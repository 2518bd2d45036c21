// SPDX-License-Identifier: Apache-2.0
// Runs a method of the list (search/methods.h) by its name, as both comparisons do
// (eval/baselines.h, eval/cell_runner.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eval/run_method.h"
#include "search/heuristic_policy.h"
#include "search/sequential_best_of_n.h"
#include "tree/policy.h"

namespace pgts::eval {

struct NamedMethod {
  std::string name;
  std::vector<std::string> knobs;   // "chains=2.5", of the method's options
  tree::Policy* greedy = nullptr;   // null: no trained policy
  tree::Policy* sampled = nullptr;  // the same, drawing its actions
  int64_t policy_parameters = 0;    // counted where the method asks that policy
  int64_t seed = 0;                 // of the draws
};

// `run` says on which problems and within which limits; the rest of it follows from the method.
MethodResult RunNamedMethod(const Environment& environment, const NamedMethod& named, MethodRun run);

std::vector<std::string> AsKnobs(const search::SequentialRule& rule);
std::vector<std::string> AsKnobs(const search::HeuristicRule& rule);

}  // namespace pgts::eval
