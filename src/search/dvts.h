// SPDX-License-Identifier: Apache-2.0
// Diverse verifier tree search (Beeching, Tunstall and Rush 2024, "Scaling test-time compute with
// open models", Hugging Face): the root's children are dealt out to S subtrees, and each subtree
// goes down by itself, greedily:
//
//   round     each open subtree gets M children of its tip (in round 1 of the root) and goes on
//             from the one with the best path score
//   finished  a subtree that goes on to a terminal child, or whose children are all dead
//
// Beam search puts all its beams into one subtree if the reward model likes it; here each keeps
// its own. The answer is the tree's (tree/tree.h): every terminal node counts, also one that was
// not gone on to.
//
// Ties go to the child asked for first. Attempts are bounded by max_width too (S·M at the root),
// and a tip at max_depth gets none. A shortage of attempts or tokens falls on all subtrees alike
// (tree_walk.h); a subtree without a child is finished. Every step is scored.
#pragma once

#include "search/tree_walk.h"

namespace pgts::search {

struct DvtsOptions {
  int subtrees = 4;     // S
  int expansion = 4;    // M
  AnswerChoice answer;  // its path score also chooses where a subtree goes on

  template <class Visitor>
  void Visit(Visitor& v) {
    v("subtrees", subtrees, {.min = 1, .max = 64, .help = "Subtrees that go down by themselves"});
    v("expansion", expansion, {.min = 1, .max = 64, .help = "Children of each tip in a round"});
  }
};

class Dvts : public Searcher {
 public:
  using Options = DvtsOptions;
  static std::vector<Options> Candidates(Options fixed);
  explicit Dvts(Options options) : options_(options) {}
  int Walkers(const tree::Limits&) const override { return options_.subtrees * options_.expansion; }
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  // Where each subtree goes on, given its children in the order of Repeat; finished ones are left
  // out.
  std::vector<tree::NodeId> NextTips(const tree::Tree& tree,
                                     const std::vector<tree::NodeId>& children,
                                     size_t subtrees) const;

  Options options_;
};

}  // namespace pgts::search
