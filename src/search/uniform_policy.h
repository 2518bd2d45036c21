// SPDX-License-Identifier: Apache-2.0
// Draws uniformly from the legal actions without Terminate, so that a search ends by its token
// budget; Terminate only where nothing else is legal. What PGTS must beat at equal tokens.
#pragma once

#include "tree/policy.h"

namespace pgts::search {

class UniformPolicy : public tree::Policy {
 public:
  struct Options {
    template <class Visitor>
    void Visit(Visitor&) {}
  };
  static bool UntilLimits(const Options&) { return true; }
  UniformPolicy() = default;
  explicit UniformPolicy(Options) {}
  void Decide(std::span<const tree::DecisionRequest> requests,
              std::span<tree::Decision> decisions) override;
};

}  // namespace pgts::search
