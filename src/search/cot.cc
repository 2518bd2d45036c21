// SPDX-License-Identifier: Apache-2.0
#include "search/cot.h"

#include "search/chains.h"

namespace pgts::search {

Co<SearchResult> ChainOfThought::Run(SearchContext context) const {
  std::vector<ChainResult> chains =
      co_await WalkChains(context, options_.chains, /*path_score=*/{});
  for (const ChainResult& chain : chains) Show(context, Conclude({chain}, ChainVote::kFirst));
  co_return Conclude(std::move(chains), ChainVote::kFirst);
}

}  // namespace pgts::search
