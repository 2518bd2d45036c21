// SPDX-License-Identifier: Apache-2.0
// Sequential best-of-n: chain after chain until one answers with a score of at least `threshold`,
// or `max_chains` were drawn; the answer of the best-scored chain. The strongest cheap baseline:
// what "merely stopping early" is worth.
#pragma once

#include "search/searcher.h"

namespace pgts::search {

struct SequentialRule {
  double threshold = 0.5;  // of a chain's last score
  int max_chains = 8;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("threshold", threshold, {.min = 0, .max = 1, .help = "Score that ends the drawing"});
    v("max_chains", max_chains, {.min = 1, .help = "Chains, at most"});
  }
};

class SequentialBestOfN : public Searcher {
 public:
  using Options = SequentialRule;
  explicit SequentialBestOfN(SequentialRule rule) : rule_(rule) {}
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  SequentialRule rule_;
};

}  // namespace pgts::search
