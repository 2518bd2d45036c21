// SPDX-License-Identifier: Apache-2.0
// Best-of-n with a reward model (Cobbe et al. 2021; the weighted vote: Li et al., ACL 2023): n
// sampled chains, each answering chain's last step scored.
//   weighted  the answer with the largest sum of scores
//   plain     the answer of the chain with the largest score
// Ties to the answer seen first. n may be fractional, as in self_consistency.h.
#pragma once

#include "search/searcher.h"

namespace pgts::search {

class BestOfN : public Searcher {
 public:
  BestOfN(double mean_chains, bool weighted) : mean_chains_(mean_chains), weighted_(weighted) {}
  std::string_view name() const override { return weighted_ ? "best_of_n_weighted" : "best_of_n"; }
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  double mean_chains_;
  bool weighted_;
};

}  // namespace pgts::search
