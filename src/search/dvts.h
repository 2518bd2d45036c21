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
};

class Dvts : public Searcher {
 public:
  explicit Dvts(DvtsOptions options) : options_(options) {}
  std::string_view name() const override { return "dvts"; }
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  // Where each subtree goes on, given its children in the order of Repeat; finished ones are left
  // out.
  std::vector<tree::NodeId> NextTips(const tree::Tree& tree,
                                     const std::vector<tree::NodeId>& children,
                                     size_t subtrees) const;

  DvtsOptions options_;
};

}  // namespace pgts::search
