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
};

class SequentialBestOfN : public Searcher {
 public:
  explicit SequentialBestOfN(SequentialRule rule) : rule_(rule) {}
  std::string_view name() const override { return "sequential_best_of_n"; }
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  SequentialRule rule_;
};

}  // namespace pgts::search
