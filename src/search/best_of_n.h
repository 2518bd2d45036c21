// SPDX-License-Identifier: Apache-2.0
// Best-of-n with a reward model: n sampled chains, each answering chain given one score from those
// of its steps s_1..s_d,
//   last     s_d                      (Cobbe et al. 2021, arXiv:2110.14168, section 4.2)
//   min      min s_i                  (Lightman et al., ICLR 2024, appendix F)
//   product  prod s_i                 (the same, section 2.6)
//   mean     sum s_i / d
// and then
//   plain     the answer of the chain with the largest score
//   weighted  the answer with the largest sum of scores (Li et al., ACL 2023, section 3.2)
// Ties to the answer seen first. `last` asks for one score a chain, the others for one a step;
// chains without an answer are not scored. n may be fractional, as in self_consistency.h.
#pragma once

#include "search/chains.h"

namespace pgts::search {

struct BestOfNOptions {
  double chains = 4;
  tree::PathScore path_score = tree::PathScore::kLast;
  bool weighted = false;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("chains", chains, {.min = 1, .help = "Chains, their mean number"});
  }
};

class BestOfN : public Searcher {
 public:
  using Options = BestOfNOptions;
  static std::vector<Options> Candidates(Options fixed) { return EachNumberOfChains(fixed); }
  static bool UntilLimits(const Options& options) { return options.chains >= kChainsUntilTheCap; }
  explicit BestOfN(Options options) : options_(options) {}
  int Walkers(const tree::Limits& limits) const override {
    return ChainWalkers(options_.chains, limits);
  }
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  Options options_;
};

}  // namespace pgts::search
