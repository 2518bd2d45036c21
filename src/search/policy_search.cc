// SPDX-License-Identifier: Apache-2.0
#include "search/policy_search.h"

#include <utility>

namespace pgts::search {

std::vector<PolicySearchOptions> PolicySearch::Candidates(PolicySearchOptions fixed) {
  PolicySearchOptions bounded = fixed;
  bounded.keep_max_nodes = true;
  return {fixed, bounded};
}

Co<SearchResult> PolicySearch::Run(SearchContext context) const {
  tree::Tree tree(context.limits);
  world::Walker walker(context.world);
  double policy_nodes = 0, policy_seconds = 0;
  while (!tree.Done()) {
    const Key draw = context.draw.With(static_cast<uint64_t>(tree.actions()));
    policy_nodes += static_cast<double>(tree.nodes().size());
    const tree::DecisionRequest question{.tree = &tree, .draw = draw};
    const Dispatched<tree::Decision> decided = co_await policy_.Decide(question);
    const tree::Decision& decision = decided.reply;
    policy_seconds += decided.seconds;
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
