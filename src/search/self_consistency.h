// SPDX-License-Identifier: Apache-2.0
// Self-consistency (Wang et al., ICLR 2023): n sampled chains, the answer that most of them give;
// ties to the answer seen first. n may be fractional: a problem draws floor(n) or ceil(n) chains so
// that the mean is n (equal tokens need it).
#pragma once

#include "search/searcher.h"

namespace pgts::search {

class SelfConsistency : public Searcher {
 public:
  explicit SelfConsistency(double mean_chains) : mean_chains_(mean_chains) {}
  std::string_view name() const override { return "self_consistency"; }
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  double mean_chains_;
};

}  // namespace pgts::search
