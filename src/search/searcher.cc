// SPDX-License-Identifier: Apache-2.0
#include "search/searcher.h"

#include <algorithm>
#include <cmath>

#include "world/chain.h"

namespace pgts::search {

namespace {

Co<void> ScoreChain(world::Walker& walker, const world::Chain& chain, tree::PathScore rule,
                    ChainResult& result) {
  std::vector<float> known;
  for (const world::Step* step : chain.steps) {
    std::optional<float>& score = result.step_scores.emplace_back();
    if (rule == tree::PathScore::kLast && step != chain.steps.back()) continue;
    score = co_await walker.Score(step->id);
    if (!score) co_return;
    known.push_back(*score);
  }
  result.score = tree::CombineScores(known, rule);
}

}  // namespace

Co<ChainResult> WalkChain(std::shared_ptr<world::World> world, int chain, tree::Limits limits,
                          std::optional<tree::PathScore> path_score) {
  world::Walker walker(world);
  const world::Chain walked =
      co_await world::WalkChain(walker, {.attempt = world::FirstAttempt(*world, chain)},
                                {.max_depth = limits.max_depth, .max_tokens = limits.max_tokens});
  ChainResult result;
  if (!walked.steps.empty()) {
    const world::Step& last = *walked.steps.back();
    result.answer = last.answer;
    result.depth = last.depth;
    result.last_step = last.id;
  }
  if (path_score && !result.answer.empty()) {
    co_await ScoreChain(walker, walked, *path_score, result);
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
