// SPDX-License-Identifier: Apache-2.0
#include "search/self_consistency.h"

#include "search/chains.h"

namespace pgts::search {

Co<SearchResult> SelfConsistency::Run(SearchContext context) const {
  const int count = DrawCount(mean_chains_, context.draw);
  std::vector<ChainResult> chains = co_await WalkChains(context, count, /*scored=*/false);
  SearchResult result = Collect(std::move(chains));
  Vote(/*weighted=*/false, result);
  co_return result;
}

}  // namespace pgts::search
