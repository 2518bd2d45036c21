// SPDX-License-Identifier: Apache-2.0
#include "search/uniform_policy.h"

#include <cmath>

namespace pgts::search {
namespace {

tree::Decision Draw(const tree::DecisionRequest& request) {
  tree::ActionMask legal = request.tree->Legal();
  if (legal.Count() > 1) legal.Forbid(tree::Action::kTerminate);
  const int count = legal.Count();
  int skip = static_cast<int>(request.draw.Uniform(0) * count);
  tree::Decision decision{.log_prob = -std::log(static_cast<float>(count))};
  for (tree::Action action : tree::kActions) {
    if (!legal.Has(action)) continue;
    decision.probabilities[static_cast<int>(action)] = 1.0F / static_cast<float>(count);
    if (skip-- == 0) decision.action = action;
  }
  return decision;
}

}  // namespace

void UniformPolicy::Decide(std::span<const tree::DecisionRequest> requests,
                           std::span<tree::Decision> decisions) {
  for (size_t i = 0; i < requests.size(); ++i) decisions[i] = Draw(requests[i]);
}

}  // namespace pgts::search
