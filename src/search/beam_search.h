// SPDX-License-Identifier: Apache-2.0
// Step-level beam search under a reward model (Snell et al. 2024, arXiv:2408.03314, section 5.2;
// Xie et al., NeurIPS 2023). With beam width B and expansion factor M:
//
//   round 1   B·M children of the root
//   round t   M children of each open beam
//   keep      of the round's children the B - F with the best path score (F: finished beams); a
//             terminal one among them is finished and holds its place, the others stay open
//   end       no open beam, or a budget is spent
//
// The answer is the tree's (tree/tree.h): every terminal node counts, also one that was not kept.
//
// Ties go to the child asked for first. Dead children are never kept. Attempts are bounded by
// max_width too (B·M at the root), and a beam at max_depth gets none. A shortage of attempts or
// tokens falls on all beams alike (tree_walk.h). Every step is scored.
#pragma once

#include "search/tree_walk.h"

namespace pgts::search {

struct BeamOptions {
  int width = 4;        // B
  int expansion = 4;    // M
  AnswerChoice answer;  // its path score also ranks the beams

  template <class Visitor>
  void Visit(Visitor& v) {
    v("width", width, {.min = 1, .max = 64, .help = "Beams"});
    v("expansion", expansion, {.min = 1, .max = 64, .help = "Children of each beam in a round"});
  }
};

class BeamSearch : public Searcher {
 public:
  using Options = BeamOptions;
  static std::vector<Options> Candidates(Options fixed);
  explicit BeamSearch(Options options) : options_(options) {}
  int Walkers(const tree::Limits&) const override { return options_.width * options_.expansion; }
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  Options options_;
};

}  // namespace pgts::search
