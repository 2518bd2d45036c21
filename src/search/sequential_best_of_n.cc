// SPDX-License-Identifier: Apache-2.0
#include "search/sequential_best_of_n.h"

#include "search/chains.h"

namespace pgts::search {

Co<SearchResult> SequentialBestOfN::Run(SearchContext context) const {
  const auto threshold = static_cast<float>(rule_.threshold);
  const ChainDraws draws{.most = rule_.max_chains,
                         .path_score = tree::PathScore::kLast,
                         .enough = [threshold](const ChainResult& chain) {
                           return !chain.answer.empty() && chain.score >= threshold;
                         }};
  std::vector<ChainResult> chains = co_await DrawChains(context, draws);
  SearchResult result = Conclude(std::move(chains), ChainVote::kBest);
  Show(context, result);
  co_return result;
}

}  // namespace pgts::search
