// SPDX-License-Identifier: Apache-2.0
// What the searchers that draw several chains share.
#pragma once

#include <memory>
#include <vector>

#include "search/searcher.h"

namespace pgts::search {

// Chains 1..count side by side. With `scored`, every answering chain's last step is scored.
Co<std::vector<ChainResult>> WalkChains(const SearchContext& context, int count, bool scored);

// Sums charges and sizes of the chains; the answer is left to the method.
SearchResult Collect(std::vector<ChainResult> chains);

// The answer with the most weight; ties to the one seen first. Chains without an answer have no
// vote. `weighted`: a chain weighs its score, else 1. Fills answer, score and answer_step.
void Vote(bool weighted, SearchResult& result);

// The answer of the chain with the largest score; ties to the one seen first.
void TakeBest(SearchResult& result);

}  // namespace pgts::search
