// SPDX-License-Identifier: Apache-2.0
// The GPS network as the policy of a search. Never uses dropout. A decision depends on the other
// trees of its batch by float32 rounding alone.
#pragma once

#include <cstdint>
#include <memory>

#include "tree/policy.h"

namespace pgts::policy {

class GpsNetwork;

struct DecisionRule {
  bool greedy = false;     // the most probable action (first of equals), log_prob 0
  double temperature = 1;  // > 0; of sampling, and of the probabilities and log-probs reported
};

// Shares the network with whoever trains it; not while it is being updated.
class NetworkPolicy : public tree::Policy {
 public:
  NetworkPolicy(std::shared_ptr<GpsNetwork> network, DecisionRule rule);

  int64_t parameters() const;

  // Samples with `draw.Uniform(0)`; values are in reward units.
  void Decide(std::span<const tree::DecisionRequest> requests,
              std::span<tree::Decision> decisions) override;

 private:
  std::shared_ptr<GpsNetwork> network_;
  DecisionRule rule_;
};

}  // namespace pgts::policy
