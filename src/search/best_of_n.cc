// SPDX-License-Identifier: Apache-2.0
#include "search/best_of_n.h"

#include "search/chains.h"

namespace pgts::search {
Co<SearchResult> BestOfN::Run(SearchContext context) const {
  const int count = DrawCount(mean_chains_, context.draw);
  std::vector<ChainResult> chains = co_await WalkChains(context, count, /*scored=*/true);
  SearchResult result = Collect(std::move(chains));
  if (weighted_) {
    Vote(/*weighted=*/true, result);
  } else {
    TakeBest(result);
  }
  co_return result;
}

}  // namespace pgts::search
