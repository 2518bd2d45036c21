// SPDX-License-Identifier: Apache-2.0
#include "search/sequential_best_of_n.h"

#include "search/chains.h"
#include "world/chain.h"

namespace pgts::search {

std::vector<SequentialRule> SequentialBestOfN::Candidates(SequentialRule fixed) {
  std::vector<SequentialRule> rules;
  const auto add = [&](double quantile, int most) {
    rules.push_back(fixed);
    rules.back().quantile = quantile;
    rules.back().max_chains = most;
  };
  add(0, 1);
  for (const int most : {2, 3, 4, 6, 8, 16}) {
    for (const double quantile : {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95}) {
      add(quantile, most);
    }
  }
  return rules;
}

Co<SearchResult> SequentialBestOfN::Run(SearchContext context) const {
  ChainDraws draws{.first = rule_.greedy_first ? world::kGreedyChain : 1,
                   .most = rule_.max_chains,
                   .path_score = tree::PathScore::kLast,
                   .enough = [threshold = threshold_](const ChainResult& chain) {
                     return !chain.answer.empty() && chain.score >= threshold;
                   }};
  return DrawAndAnswer(std::move(context), std::move(draws), ChainVote::kBest);
}

}  // namespace pgts::search
