// SPDX-License-Identifier: Apache-2.0
// A policy as coroutines see it: all pending decisions go in one batch.
#pragma once

#include "base/rounds.h"
#include "tree/policy.h"

namespace pgts::search {

class PolicyClient {
 public:
  // Both must outlive the client.
  PolicyClient(Rounds& rounds, tree::Policy& policy)
      : policy_(policy), gather_(rounds, "decide", [this](auto requests, auto replies) {
          policy_.Decide(requests, replies);
        }) {}

  Co<Dispatched<tree::Decision>> Decide(tree::DecisionRequest request) {
    return gather_.Submit(std::move(request));
  }
  tree::Policy& policy() const { return policy_; }
  const PhaseCounts& phase() const { return gather_.counts(); }

 private:
  tree::Policy& policy_;
  Gather<tree::DecisionRequest, tree::Decision> gather_;
};

}  // namespace pgts::search
