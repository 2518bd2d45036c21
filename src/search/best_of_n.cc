// SPDX-License-Identifier: Apache-2.0
#include "search/best_of_n.h"

namespace pgts::search {

Co<SearchResult> BestOfN::Run(SearchContext context) const {
  const ChainDraws draws{.most = DrawCount(options_.chains, context.draw),
                         .path_score = options_.path_score};
  std::vector<ChainResult> chains = co_await DrawChains(context, draws);
  SearchResult result =
      Conclude(std::move(chains), options_.weighted ? ChainVote::kWeighted : ChainVote::kBest);
  Show(context, result);
  co_return result;
}

int BestOfN::Walkers(const tree::Limits& limits) const {
  return ChainWalkers(options_.chains, limits);
}

}  // namespace pgts::search
