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

#include <vector>

#include "search/policy_client.h"
#include "search/searcher.h"
#include "search/tree_walk.h"

namespace pgts::search {

struct PolicySearchOptions {
  AnswerChoice answer;
  bool scored = true;           // false: no step is scored, for policies that look at no scores
  bool keep_max_nodes = false;  // of the run, beside a cap on tokens (Setting::keeps_max_nodes)
  double token_price = 0;       // that the policy is told; 0: the one of the limits
  std::vector<tree::Action> opening = {};  // legal decisions that it does not make itself

  template <class Visitor>
  void Visit(Visitor& v) {
    if (keep_max_nodes) v("keep_max_nodes", keep_max_nodes, {.help = "The run's limit on nodes"});
    if (token_price > 0) v("token_price", token_price, {.help = "Of a token, in right answers"});
    bool vote = answer.rule == tree::AnswerRule::kVote;
    if (vote) v("vote", vote, {.help = "The answer with the largest sum of scores"});
  }
};

class PolicySearch : public Searcher {
 public:
  // The client must outlive the searcher and everything that it runs.
  using Options = PolicySearchOptions;
  // First the run's own. What else is left to choose of a trained policy: which price it is told,
  // how the tree answers, and whether max_nodes holds beside a cap.
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
