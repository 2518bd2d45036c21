// SPDX-License-Identifier: Apache-2.0
#include "search/cot.h"

#include "search/chains.h"

namespace pgts::search {

Co<SearchResult> ChainOfThought::Run(SearchContext context) const {
  std::vector<ChainResult> chains = co_await WalkChains(context, chains_, /*scored=*/false);
  SearchResult result = Collect(std::move(chains));
  const ChainResult& first = result.chains.front();
  if (!first.answer.empty()) result.answer = first.answer;
  result.answer_step = first.last_step;
  co_return result;
}

}  // namespace pgts::search
