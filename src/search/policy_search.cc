// SPDX-License-Identifier: Apache-2.0
#include "search/policy_search.h"

#include <utility>

namespace pgts::search {

Co<SearchResult> PolicySearch::Run(SearchContext context) const {
  tree::Tree tree(context.limits);
  world::Walker walker(context.world);
  double policy_nodes = 0, policy_seconds = 0;
  while (!tree.Done()) {
    const Key draw = context.draw.With(static_cast<uint64_t>(tree.actions()));
    policy_nodes += static_cast<double>(tree.nodes().size());
    const tree::DecisionRequest request{.tree = &tree, .draw = draw};
    const Dispatched<tree::Decision> decided = co_await policy_.Decide(request);
    const tree::Decision& decision = decided.reply;
    policy_seconds += decided.seconds;
    if (tree::AsksForChild(decision.action)) {
      std::optional<tree::Child> child =
          co_await AskChild(walker, tree, tree.Request(decision.action));
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
      tree::BestAnswer(tree, options_.path_score, options_.answer_rule);
  if (context.observer != nullptr && tree.Done()) context.observer->Ended(tree, answer);
  SearchResult result = Conclude(tree, answer);
  result.charges = walker.charges();
  result.charges.seconds += policy_seconds;
  result.policy_nodes = policy_nodes;
  co_return result;
}

Co<std::optional<tree::Child>> PolicySearch::AskChild(world::Walker& walker, const tree::Tree& tree,
                                                      tree::ChildRequest request) const {
  const int parent = tree.node(request.parent).child.world_id;
  const world::Step* step = co_await walker.Child(parent, request.attempt);
  if (step == nullptr) co_return std::nullopt;
  tree::Child child{.world_id = step->id,
                    .tokens = step->raw.generated,
                    .log_prob = static_cast<float>(step->raw.log_prob),
                    .terminal = step->terminal,
                    .dead = step->dead,
                    .truncated = step->truncated,
                    .text_hash = step->text_hash,
                    .answer = step->answer};
  if (options_.scored && step->dead) {
    child.score = 0;  // known without a look
  } else if (options_.scored) {
    const std::optional<float> score = co_await walker.Score(step->id);
    if (!score) co_return std::nullopt;
    child.score = *score;
  }
  co_return child;
}

SearchResult PolicySearch::Conclude(const tree::Tree& tree,
                                    const std::optional<tree::Answer>& answer) {
  SearchResult result;
  result.nodes = tree.NodesWithoutRoot();
  result.depth = tree.MaxDepthReached();
  result.actions = tree.actions();
  if (!answer) return result;
  result.answer = answer->text;
  result.score = answer->score;
  result.answer_step = tree.node(answer->node).child.world_id;
  return result;
}

}  // namespace pgts::search
