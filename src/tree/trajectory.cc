// SPDX-License-Identifier: Apache-2.0
#include "tree/trajectory.h"

namespace pgts::tree {
namespace {

GrownNode NewestNode(const Tree& tree) {
  const Node& node = tree.nodes().back();
  return {.parent = node.parent,
          .attempt = node.attempt,
          .duplicate = node.duplicate,
          .child = node.child};
}

}  // namespace

float Potential(const Tree& tree, NodeId id) {
  const Child& child = tree.node(id).child;
  return child.dead ? 0.0F : child.score;
}

void TrajectoryRecorder::Before(const Tree& tree, const Decision& decision) {
  const bool begins = tree.actions() == 0;
  if (begins && !trajectories_.back().steps.empty()) trajectories_.emplace_back();
  TrajectoryStep step{.decision = decision,
                      .legal = tree.Legal(),
                      .from = tree.current(),
                      .potential_before = Potential(tree, tree.current())};
  if (with_features_) step.features = ReadFeatures(tree);
  tokens_before_ = tree.tokens();
  nodes_before_ = tree.nodes().size();
  trajectories_.back().token_price = tree.limits().token_price;
  trajectories_.back().steps.push_back(std::move(step));
}

void TrajectoryRecorder::After(const Tree& tree) {
  TrajectoryStep& step = trajectories_.back().steps.back();
  step.to = tree.current();
  step.tokens = static_cast<int>(tree.tokens() - tokens_before_);
  step.potential_after = tree.Done() ? 0.0F : Potential(tree, tree.current());
  if (tree.nodes().size() > nodes_before_) step.grown = NewestNode(tree);
  trajectories_.back().end = tree.end();
}

void TrajectoryRecorder::Ended(const Tree& tree, const std::optional<Answer>& answer) {
  Trajectory& trajectory = trajectories_.back();
  trajectory.end = tree.end();
  trajectory.answer = answer;
  // A searcher may end by its own rule, after its last decision was applied.
  if (!trajectory.steps.empty()) trajectory.steps.back().potential_after = 0;
}

}  // namespace pgts::tree
