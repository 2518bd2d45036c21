// SPDX-License-Identifier: Apache-2.0
#include "world/chain.h"

namespace pgts::world {

int FirstAttempt(const World& world, int chain) {
  if (chain == kGreedyChain) return 1;
  return world.greedy_first() ? chain + 1 : chain;
}

int AttemptBelow(const World& world, int first) {
  return world.greedy_first() && !world.distinct_siblings() && first > 1 ? 2 : 1;
}

Co<Chain> WalkChain(Walker& walker, ChainStart start, ChainLimits limits) {
  Chain chain;
  const auto within_budget = [&] {
    return limits.max_tokens <= 0 || walker.charges().tokens < limits.max_tokens;
  };
  auto [node, attempt] = start;
  const int below = AttemptBelow(walker.world(), attempt);
  while (walker.world().step(node).depth < limits.max_depth && within_budget()) {
    const Step* step = co_await walker.Child(node, attempt);
    chain.recorded = step != nullptr;
    if (!chain.recorded) break;
    chain.steps.push_back(step);
    if (step->terminal || step->dead) break;
    node = step->id;
    attempt = below;
  }
  co_return chain;
}

}  // namespace pgts::world
