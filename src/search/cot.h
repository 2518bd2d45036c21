// SPDX-License-Identifier: Apache-2.0
// Chain of thought (Wei et al., NeurIPS 2022): one chain, its answer. Greedy or sampled is the
// world's business. With chains = n, n independent chains: the mean over them is `cot_sampled`.
#pragma once

#include "search/searcher.h"

namespace pgts::search {

class ChainOfThought : public Searcher {
 public:
  explicit ChainOfThought(int chains = 1) : chains_(chains) {}
  std::string_view name() const override { return "cot"; }
  // The answer is chain 1's; `chains` holds all of them, `charges` their sum.
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  int chains_;
};

}  // namespace pgts::search
