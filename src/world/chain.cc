// SPDX-License-Identifier: Apache-2.0
#include "world/chain.h"

namespace pgts::world {

Co<Chain> WalkChain(Walker& walker, ChainStart start, ChainLimits limits) {
  Chain chain;
  const auto within_budget = [&] {
    return limits.max_tokens <= 0 || walker.charges().tokens < limits.max_tokens;
  };
  auto [node, attempt] = start;
  while (walker.world().step(node).depth < limits.max_depth && within_budget()) {
    const Step* step = co_await walker.Child(node, attempt);
    chain.recorded = step != nullptr;
    if (!chain.recorded) break;
    chain.steps.push_back(step);
    if (step->terminal || step->dead) break;
    node = step->id;
    attempt = 1;
  }
  co_return chain;
}

}  // namespace pgts::world
