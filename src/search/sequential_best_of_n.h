// SPDX-License-Identifier: Apache-2.0
// Sequential best-of-n: best-of-n by last score (Cobbe et al. 2021, arXiv:2110.14168, section 4.2)
// that stops early. With s_i the last score of chain i and threshold a quantile of the judge's
// scores of answers (world/score_quantiles.h),
//
//   n = the least i with s_i >= threshold, at most max_chains;  answer of chain argmax s_1..s_n
//
// Ties to the answer seen first; chains without an answer are not scored. The strongest cheap
// baseline: what "merely stopping early" is worth. `greedy_first` takes the greedy chain as chain 1
// and samples only where its score is below the threshold.
#pragma once

#include "search/searcher.h"
#include "world/score_quantiles.h"

namespace pgts::search {

struct SequentialRule {
  double quantile = 0.5;  // share of answers whose score is below the threshold
  int max_chains = 8;
  bool greedy_first = false;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("quantile", quantile,
      {.min = 0, .max = 1, .help = "Share of answers too bad to end the drawing"});
    v("max_chains", max_chains, {.min = 1, .help = "Chains, at most"});
  }
};

class SequentialBestOfN : public Searcher {
 public:
  using Options = SequentialRule;
  static std::vector<Options> Candidates(Options fixed);
  SequentialBestOfN(SequentialRule rule, const world::ScoreQuantiles& scores)
      : rule_(rule), threshold_(world::Threshold(scores.answers, rule.quantile)) {}
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  SequentialRule rule_;
  float threshold_;
};

}  // namespace pgts::search
