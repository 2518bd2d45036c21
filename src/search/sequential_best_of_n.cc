// SPDX-License-Identifier: Apache-2.0
#include "search/sequential_best_of_n.h"

#include "search/chains.h"

namespace pgts::search {

Co<SearchResult> SequentialBestOfN::Run(SearchContext context) const {
  std::vector<ChainResult> chains;
  while (static_cast<int>(chains.size()) < rule_.max_chains) {
    const int next = static_cast<int>(chains.size()) + 1;
    ChainResult chain =
        co_await WalkChain(context.world, next, context.limits, /*scored=*/true);
    const bool enough = !chain.answer.empty() && chain.score >= static_cast<float>(rule_.threshold);
    const bool lost = chain.charges.not_recorded;
    chains.push_back(std::move(chain));
    if (enough || lost) break;
  }
  SearchResult result = Collect(std::move(chains));
  TakeBest(result);
  co_return result;
}

}  // namespace pgts::search
