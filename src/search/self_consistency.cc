// SPDX-License-Identifier: Apache-2.0
#include "search/self_consistency.h"

#include "search/chains.h"

namespace pgts::search {

Co<SearchResult> SelfConsistency::Run(SearchContext context) const {
  const ChainDraws draws{.most = DrawCount(mean_chains_, context.draw)};
  std::vector<ChainResult> chains = co_await DrawChains(context, draws);
  SearchResult result = Conclude(std::move(chains), ChainVote::kMajority);
  Show(context, result);
  co_return result;
}

}  // namespace pgts::search
