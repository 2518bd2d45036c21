// SPDX-License-Identifier: Apache-2.0
#include "search/self_consistency.h"

namespace pgts::search {

Co<SearchResult> SelfConsistency::Run(SearchContext context) const {
  ChainDraws draws{.most = DrawCount(options_.chains, context.draw)};
  return DrawAndAnswer(std::move(context), std::move(draws), ChainVote::kMajority);
}

}  // namespace pgts::search
