// SPDX-License-Identifier: Apache-2.0
// Chain of thought (Wei et al., NeurIPS 2022): one chain, greedy or sampled, and its answer. With
// chains = n, n independent chains: the mean over them is `cot_sampled`.
#pragma once

#include "search/searcher.h"

namespace pgts::search {

struct ChainOfThoughtOptions {
  int chains = 1;
  bool greedy = false;  // the greedy chain, then sampled ones

  template <class Visitor>
  void Visit(Visitor& v) {
    v("chains", chains, {.min = 1, .max = 256, .help = "Chains; each is a search by itself"});
  }
};

class ChainOfThought : public Searcher {
 public:
  using Options = ChainOfThoughtOptions;
  explicit ChainOfThought(Options options = {}) : options_(options) {}
  int Walkers(const tree::Limits&) const override { return options_.chains; }
  // The answer is chain 1's; `chains` holds all of them, `charges` their sum.
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  Options options_;
};

}  // namespace pgts::search
