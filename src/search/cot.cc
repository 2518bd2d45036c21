// SPDX-License-Identifier: Apache-2.0
#include "search/cot.h"

#include "search/chains.h"
#include "world/chain.h"

namespace pgts::search {

Co<SearchResult> ChainOfThought::Run(SearchContext context) const {
  const ChainRange range{.first = options_.greedy ? world::kGreedyChain : 1,
                         .count = options_.chains};
  std::vector<ChainResult> chains = co_await WalkChains(context, range, /*path_score=*/{});
  for (const ChainResult& chain : chains) Show(context, Conclude({chain}, ChainVote::kFirst));
  co_return Conclude(std::move(chains), ChainVote::kFirst);
}

}  // namespace pgts::search
