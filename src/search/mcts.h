// SPDX-License-Identifier: Apache-2.0
// Monte Carlo tree search with UCT (Kocsis and Szepesvari, ECML 2006; on reasoning steps: Hao et
// al., "Reasoning with Language Model is Planning with World Model", EMNLP 2023, section 3.3).
// One simulation:
//
//   select    from the root, while v has all its b children, go on to the child u with the largest
//               Q(u) / N(u) + c · sqrt(ln N(v) / N(u)),      ties to the one asked for first
//   expand    ask for the next child of v
//   evaluate  kScore    x = the reward model's score of the new child
//             kRollout  go on from it by first attempts to the end; x = the score of that end
//   back up   Q += x and N += 1 on the whole path, the rollout's steps included
//
// until a budget is spent or the whole tree is closed. b is `branching`, at most max_width. A path
// that ended without an answer (dead, or too deep) is worth x = 0.
//
// A node is closed when nothing below it can be asked for: it is terminal, dead or at max_depth, or
// has b children, all closed. Closed children are passed over in selection: looking at a known end
// again would teach nothing and cost nothing, and the search would not end.
//
// The steps of a rollout are charged and stay in the tree; every step is scored. The answer is the
// tree's (tree/tree.h). One step at a time, by one walker: a place in the models' memory for each
// branch would stand idle while the others write. (64 problems of 30 nodes with the embedded model:
// 10.8 s of processor time, with four walkers 12.8 s.)
#pragma once

#include "search/tree_walk.h"

namespace pgts::search {

enum class MctsValue { kScore, kRollout };

struct MctsOptions {
  MctsValue value = MctsValue::kScore;
  double exploration = 1;  // c
  int branching = 4;       // b
  AnswerChoice answer;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("exploration", exploration, {.min = 0, .max = 100, .help = "Weight of the upper bound"});
    v("branching", branching, {.min = 1, .max = 1000, .help = "Children of a node, at most"});
  }
};

class Mcts : public Searcher {
 public:
  using Options = MctsOptions;
  static std::vector<Options> Candidates(Options fixed);
  static bool UntilLimits(const Options&) { return true; }
  explicit Mcts(Options options) : options_(options) {}
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  Options options_;
};

}  // namespace pgts::search
