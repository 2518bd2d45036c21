// SPDX-License-Identifier: Apache-2.0
#include "search/searcher.h"

#include <algorithm>
#include <cmath>

namespace pgts::search {

namespace {

Co<void> ScoreChain(world::Walker& walker, tree::PathScore rule, ChainResult& chain) {
  std::vector<float> known;
  for (const int step : StepsTo(walker.world(), chain.last_step)) {
    std::optional<float>& score = chain.step_scores.emplace_back();
    if (rule == tree::PathScore::kLast && step != chain.last_step) continue;
    score = co_await walker.Score(step);
    if (!score) co_return;
    known.push_back(*score);
  }
  chain.score = tree::CombineScores(known, rule);
}

}  // namespace

Co<ChainResult> WalkChain(std::shared_ptr<world::World> world, int chain, tree::Limits limits,
                          std::optional<tree::PathScore> path_score) {
  world::Walker walker(world);
  ChainResult result;
  const auto within_budget = [&] {
    return limits.max_tokens <= 0 || walker.charges().tokens < limits.max_tokens;
  };
  int at = world::kRootStep;
  while (result.depth < limits.max_depth && within_budget()) {
    const int attempt = at == world::kRootStep ? chain : 1;
    const world::Step* step = co_await walker.Child(at, attempt);
    if (step == nullptr) break;
    at = step->id;
    ++result.depth;
    result.last_step = at;
    if (step->terminal) result.answer = step->answer;
    if (step->terminal || step->dead) break;
  }
  if (path_score && !result.answer.empty()) co_await ScoreChain(walker, *path_score, result);
  result.charges = walker.charges();
  co_return result;
}

std::vector<int> StepsTo(const world::World& world, int last) {
  std::vector<int> steps;
  for (int at = last; at != world::kRootStep; at = world.step(at).parent) steps.push_back(at);
  std::reverse(steps.begin(), steps.end());
  return steps;
}

int DrawCount(double mean, const Key& draw) {
  const double whole = std::floor(mean);
  const bool one_more = draw.With("count").Uniform(0) < mean - whole;
  const int count = static_cast<int>(whole) + (one_more ? 1 : 0);
  return std::max(1, count);
}

}  // namespace pgts::search
