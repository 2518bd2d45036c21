// SPDX-License-Identifier: Apache-2.0
#include "eval/found_answers.h"

namespace pgts::eval {
namespace {

int64_t TokensBeforeLastStep(const tree::Tree& tree, tree::NodeId id) {
  int64_t tokens = -tree.node(id).child.tokens;
  for (const tree::NodeId at : tree.Path(id)) {
    const tree::Node& on_path = tree.node(at);
    for (const tree::Node& node : tree.nodes()) {
      const bool passed = node.parent == on_path.parent && node.attempt <= on_path.attempt;
      if (passed) tokens += node.child.tokens;
    }
  }
  return tokens;
}

}  // namespace

void FoundAnswers::Before(const tree::Tree& tree, const tree::Decision& decision) {
  if (tree.actions() == 0) ++searches_;
  nodes_before_ = tree.nodes().size();
  next_.Before(tree, decision);
}

void FoundAnswers::After(const tree::Tree& tree) {
  next_.After(tree);
  if (tree.nodes().size() == nodes_before_) return;
  const auto id = static_cast<tree::NodeId>(nodes_before_);
  const tree::Child& child = tree.node(id).child;
  if (!child.terminal) return;
  all_.push_back({.answer = child.answer,
                  .tokens_before_last_step = TokensBeforeLastStep(tree, id),
                  .in_own_world = searches_ == 1});
}

void FoundAnswers::Ended(const tree::Tree& tree, const std::optional<tree::Answer>& answer) {
  next_.Ended(tree, answer);
}

}  // namespace pgts::eval
