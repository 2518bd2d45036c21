// SPDX-License-Identifier: Apache-2.0
// Self-consistency (Wang et al., ICLR 2023): n sampled chains, the answer that most of them give;
// ties to the answer seen first. n may be fractional: a problem draws floor(n) or ceil(n) chains so
// that the mean is n (equal tokens need it).
#pragma once

#include "search/chains.h"

namespace pgts::search {

struct SelfConsistencyOptions {
  double chains = 4;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("chains", chains, {.min = 1, .help = "Chains, their mean number"});
  }
};

class SelfConsistency : public Searcher {
 public:
  using Options = SelfConsistencyOptions;
  static std::vector<Options> Candidates(Options fixed) { return EachNumberOfChains(fixed); }
  static bool UntilLimits(const Options& options) { return options.chains >= kChainsUntilTheCap; }
  explicit SelfConsistency(Options options) : options_(options) {}
  int Walkers(const tree::Limits& limits) const override {
    return ChainWalkers(options_.chains, limits);
  }
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  Options options_;
};

}  // namespace pgts::search
