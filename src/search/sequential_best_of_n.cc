// SPDX-License-Identifier: Apache-2.0
#include "search/sequential_best_of_n.h"

#include "search/chains.h"

namespace pgts::search {

Co<SearchResult> SequentialBestOfN::Run(SearchContext context) const {
  std::vector<ChainResult> chains;
  while (static_cast<int>(chains.size()) < rule_.max_chains) {
    const int next = static_cast<int>(chains.size()) + 1;
    ChainResult chain = co_await WalkChain(context.world, next, context.limits);
    if (!chain.answer.empty()) {
      world::Walker walker(context.world);
      const std::optional<float> score = co_await walker.Score(chain.last_step);
      chain.score = score.value_or(0.0F);
      chain.charges += walker.charges();
    }
    const bool enough = !chain.answer.empty() && chain.score >= rule_.threshold;
    const bool lost = chain.charges.not_recorded;
    chains.push_back(std::move(chain));
    if (enough || lost) break;
  }
  SearchResult result = Collect(std::move(chains));
  TakeBest(result);
  co_return result;
}

}  // namespace pgts::search
