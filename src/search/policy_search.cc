// SPDX-License-Identifier: Apache-2.0
#include "search/policy_search.h"

#include <utility>

namespace pgts::search {

std::vector<PolicySearchOptions> PolicySearch::Candidates(PolicySearchOptions fixed) {
  PolicySearchOptions bounded = fixed;
  bounded.keep_max_nodes = true;
  std::vector<PolicySearchOptions> candidates = {fixed, bounded};
  for (const double price : {1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5}) {
    for (const tree::AnswerRule rule : {tree::AnswerRule::kBest, tree::AnswerRule::kVote}) {
      candidates.push_back(fixed);
      candidates.back().token_price = price;
      candidates.back().answer.rule = rule;
    }
  }
  return candidates;
}

Co<SearchResult> PolicySearch::Run(SearchContext context) const {
  if (options_.token_price > 0) context.limits.token_price = options_.token_price;
  tree::Tree tree(context.limits);
  world::Walker walker(context.world);
  double policy_nodes = 0, policy_seconds = 0;
  while (!tree.Done()) {
    tree::Decision decision;
    if (const auto made = static_cast<size_t>(tree.actions()); made < options_.opening.size()) {
      decision.action = options_.opening[made];
    } else {
      const Key draw = context.draw.With(static_cast<uint64_t>(tree.actions()));
      policy_nodes += static_cast<double>(tree.nodes().size());
      const tree::DecisionRequest question{.tree = &tree, .draw = draw};
      const Dispatched<tree::Decision> decided = co_await policy_.Decide(question);
      decision = decided.reply;
      policy_seconds += decided.seconds;
    }
    if (tree::AsksForChild(decision.action)) {
      const tree::ChildRequest request = tree.Request(decision.action);
      const StepRequest step{.parent = tree.node(request.parent).child.world_id,
                             .attempt = request.attempt,
                             .scored = options_.scored};
      std::optional<tree::Child> child = co_await AskChild(walker, step);
      if (!child) break;  // not recorded: the charges say so
      if (context.observer != nullptr) context.observer->Before(tree, decision);
      tree.Apply(decision.action, *std::move(child));
    } else {
      if (context.observer != nullptr) context.observer->Before(tree, decision);
      tree.Apply(decision.action);
    }
    if (context.observer != nullptr) context.observer->After(tree);
  }
  const std::optional<tree::Answer> answer =
      tree::BestAnswer(tree, options_.answer.path_score, options_.answer.rule);
  if (context.observer != nullptr && tree.Done()) context.observer->Ended(tree, answer);
  SearchResult result = ToResult(tree, answer);
  result.charges = walker.charges();
  result.charges.seconds += policy_seconds;
  result.policy_nodes = policy_nodes;
  co_return result;
}

}  // namespace pgts::search
