// SPDX-License-Identifier: Apache-2.0
#include "search/self_consistency.h"

namespace pgts::search {

Co<SearchResult> SelfConsistency::Run(SearchContext context) const {
  const ChainDraws draws{.most = DrawCount(options_.chains, context.draw)};
  std::vector<ChainResult> chains = co_await DrawChains(context, draws);
  SearchResult result = Conclude(std::move(chains), ChainVote::kMajority);
  Show(context, result);
  co_return result;
}

int SelfConsistency::Walkers(const tree::Limits& limits) const {
  return ChainWalkers(options_.chains, limits);
}

}  // namespace pgts::search
