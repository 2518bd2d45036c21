// SPDX-License-Identifier: Apache-2.0
// The seam between a search and what decides in it: a network, a threshold rule, a uniform draw.
#pragma once

#include <array>
#include <span>

#include "base/random.h"
#include "tree/action.h"
#include "tree/tree.h"

namespace pgts::tree {

struct Decision {
  Action action = Action::kExpand;
  float log_prob =
      0;            // of `action` under the mask and the sampling temperature; 0 if deterministic
  float value = 0;  // expected return from here, in reward units; 0 where the policy has none
  std::array<float, kActionCount> probabilities{};  // sum to 1 over the legal actions, 0 elsewhere
};

struct DecisionRequest {
  const Tree* tree;  // not Done(): at least one action is legal
  Key draw;          // names this decision: (run seed, iteration, problem, rollout, decision)
};

// Decides for a batch of trees. A decision is a function of its tree and its draw alone, never of
// what else is in the batch. Called from one thread at a time.
class Policy {
 public:
  virtual ~Policy() = default;
  // `decisions` has the length of `requests`; every action returned is legal.
  virtual void Decide(std::span<const DecisionRequest> requests, std::span<Decision> decisions) = 0;
};

}  // namespace pgts::tree
