// SPDX-License-Identifier: Apache-2.0
#include "search/best_of_n.h"

namespace pgts::search {

Co<SearchResult> BestOfN::Run(SearchContext context) const {
  ChainDraws draws{.most = DrawCount(options_.chains, context.draw),
                   .path_score = options_.path_score};
  return DrawAndAnswer(std::move(context), std::move(draws),
                       options_.weighted ? ChainVote::kWeighted : ChainVote::kBest);
}

}  // namespace pgts::search
