// SPDX-License-Identifier: Apache-2.0
#include "search/searcher.h"

#include <algorithm>
#include <cmath>

namespace pgts::search {

Co<ChainResult> WalkChain(std::shared_ptr<world::World> world, int chain, tree::Limits limits,
                          bool scored) {
  world::Walker walker(world);
  ChainResult result;
  int at = world::kRootStep;
  while (result.depth < limits.max_depth) {
    const int attempt = at == world::kRootStep ? chain : 1;
    const world::Step* step = co_await walker.Child(at, attempt);
    if (step == nullptr) break;
    at = step->id;
    ++result.depth;
    result.last_step = at;
    if (step->terminal) result.answer = step->answer;
    if (step->terminal || step->dead) break;
  }
  if (scored && !result.answer.empty()) {
    const std::optional<float> score = co_await walker.Score(at);
    result.score = score.value_or(0.0F);
  }
  result.charges = walker.charges();
  co_return result;
}

int DrawCount(double mean, const Key& draw) {
  const double whole = std::floor(mean);
  const bool one_more = draw.With("count").Uniform(0) < mean - whole;
  const int count = static_cast<int>(whole) + (one_more ? 1 : 0);
  return std::max(1, count);
}

}  // namespace pgts::search
