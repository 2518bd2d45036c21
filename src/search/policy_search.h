// SPDX-License-Identifier: Apache-2.0
// The search over the four actions, with whatever decides in it: the trained network (PGTS), a
// threshold heuristic, a uniform draw (Li, "Policy Guided Tree Search for Enhanced LLM Reasoning",
// ICML 2025). In state s (tree and current node), until the search is done,
//
//   a ~ policy(a | s) over the legal of Expand, Branch, Backtrack, Terminate;  s = Apply(s, a)
//
// The one search loop of this project: PPO trains on what its observer sees.
//
// The answer is the tree's (tree/tree.h): by default the terminal node with the best last score.
#pragma once

#include "search/policy_client.h"
#include "search/searcher.h"
#include "search/tree_walk.h"

namespace pgts::search {

struct PolicySearchOptions {
  AnswerChoice answer;
  bool scored = true;           // false: no step is scored, for policies that look at no scores
  bool keep_max_nodes = false;  // of the run, beside a cap on tokens (Setting::keeps_max_nodes)

  template <class Visitor>
  void Visit(Visitor& v) {
    if (keep_max_nodes) v("keep_max_nodes", keep_max_nodes, {.help = "The run's limit on nodes"});
  }
};

class PolicySearch : public Searcher {
 public:
  // The client must outlive the searcher and everything that it runs.
  using Options = PolicySearchOptions;
  // It has been trained instead; what is left to choose is whether max_nodes holds, too.
  static std::vector<Options> Candidates(Options fixed);
  static bool KeepsMaxNodes(const Options& options) { return options.keep_max_nodes; }
  PolicySearch(PolicyClient& policy, Options options)
      : policy_(policy), options_(std::move(options)) {}
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  PolicyClient& policy_;
  Options options_;
};

}  // namespace pgts::search
