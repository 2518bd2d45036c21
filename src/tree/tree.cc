// SPDX-License-Identifier: Apache-2.0
#include "tree/tree.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <utility>

namespace pgts::tree {

std::string_view Name(End end) {
  switch (end) {
    case End::kNone: return "running";
    case End::kTerminated: return "terminated";
    case End::kNodes: return "nodes";
    case End::kActions: return "actions";
    case End::kTokens: return "tokens";
    case End::kNothingLegal: return "nothing_legal";
  }
  return "?";
}

Tree::Tree(Limits limits) : limits_(limits) {
  nodes_.emplace_back();
  nodes_[kRoot].visits = 1;
}

bool Tree::CanExpand(NodeId id) const {
  const Node& node = nodes_[id];
  return !node.child.terminal && !node.child.dead && node.depth < limits_.max_depth &&
         !node.exhausted && node.width < limits_.max_width;
}

float Tree::Unexplored(NodeId id) const {
  if (nodes_[id].exhausted) return 0;
  float left = 1;
  for (const Node& node : nodes_) {
    if (node.parent == id && !node.duplicate) left -= std::exp(node.child.log_prob);
  }
  return std::max(left, 0.0F);
}

float Tree::BestChildScore(NodeId id) const {
  float best = 0;
  for (const Node& node : nodes_) {
    if (node.parent == id) best = std::max(best, node.child.score);
  }
  return best;
}

NodeId Tree::BacktrackTarget() const {
  const NodeId parent = nodes_[current_].parent;
  if (limits_.backtrack_to == BacktrackTo::kParent) return parent;
  NodeId best = kNoNode;
  float most = -1;
  for (NodeId up = parent; up != kNoNode; up = nodes_[up].parent) {
    if (!CanExpand(up)) continue;
    const float promise =
        (up == kRoot ? BestChildScore(kRoot) : nodes_[up].child.score) * Unexplored(up);
    if (promise > most) most = promise, best = up;
  }
  return best;
}

bool Tree::MustAnswer() const {
  return terminal_nodes_ == 0 &&
         limits_.max_nodes - NodesWithoutRoot() <= limits_.max_depth - nodes_[current_].depth;
}

ActionMask Tree::Legal() const {
  ActionMask mask;
  if (Done()) return mask;
  if (CanExpand(current_)) {
    mask.Allow(Action::kExpand);
    if (MustAnswer()) return mask;
  }
  const NodeId parent = nodes_[current_].parent;
  if (parent != kNoNode && CanExpand(parent)) mask.Allow(Action::kBranch);
  for (NodeId up = parent; up != kNoNode; up = nodes_[up].parent) {
    if (!CanExpand(up)) continue;
    mask.Allow(Action::kBacktrack);
    break;
  }
  if (terminal_nodes_ > 0) mask.Allow(Action::kTerminate);
  return mask;
}

ChildRequest Tree::Request(Action action) const {
  assert(AsksForChild(action) && Legal().Has(action));
  const NodeId parent = action == Action::kExpand ? current_ : nodes_[current_].parent;
  return {parent, nodes_[parent].width + 1};
}

void Tree::Apply(Action action, Child child) {
  const auto [parent, attempt] = Request(action);
  if (child.nothing_left) {
    nodes_[parent].exhausted = true;
    FinishAction();
    return;
  }
  const NodeId id = static_cast<NodeId>(nodes_.size());
  Node node{.parent = parent, .attempt = attempt, .depth = nodes_[parent].depth + 1};
  node.duplicate = std::any_of(nodes_.begin(), nodes_.end(), [&](const Node& other) {
    return other.parent == parent && other.child.text_hash == child.text_hash;
  });
  tokens_ += child.tokens;
  terminal_nodes_ += child.terminal ? 1 : 0;
  max_depth_reached_ = std::max(max_depth_reached_, node.depth);
  node.child = std::move(child);
  nodes_.push_back(std::move(node));
  ++nodes_[parent].width;
  MoveTo(id);
  FinishAction();
}

void Tree::Apply(Action action) {
  assert(!AsksForChild(action) && Legal().Has(action));
  if (action == Action::kTerminate) {
    end_ = End::kTerminated;
  } else {
    MoveTo(BacktrackTarget());
  }
  FinishAction();
}

void Tree::GoTo(NodeId id) {
  assert(CanExpand(id) && (!Done() || end_ == End::kNothingLegal));
  end_ = End::kNone;
  MoveTo(id);
}

void Tree::Conclude() {
  if (Done()) return;
  end_ = terminal_nodes_ > 0 ? End::kTerminated : End::kNothingLegal;
}

void Tree::MoveTo(NodeId id) {
  current_ = id;
  ++nodes_[id].visits;
}

void Tree::FinishAction() {
  ++actions_;
  if (Done()) return;
  if (NodesWithoutRoot() >= limits_.max_nodes) {
    end_ = End::kNodes;
  } else if (actions_ >= limits_.Actions()) {
    end_ = End::kActions;
  } else if (limits_.max_tokens > 0 && tokens_ >= limits_.max_tokens) {
    end_ = End::kTokens;
  } else if (Legal().Empty()) {
    end_ = End::kNothingLegal;
  }
}

std::vector<NodeId> Tree::Path(NodeId id) const {
  std::vector<NodeId> path;
  for (NodeId at = id; at != kRoot; at = nodes_[at].parent) path.push_back(at);
  std::reverse(path.begin(), path.end());
  return path;
}

std::string_view Name(PathScore rule) {
  switch (rule) {
    case PathScore::kLast: return "last";
    case PathScore::kMin: return "min";
    case PathScore::kProduct: return "product";
    case PathScore::kMean: return "mean";
  }
  return "?";
}

float CombineScores(std::span<const float> scores, PathScore rule) {
  if (scores.empty()) return kRootScore;
  if (rule == PathScore::kLast) return scores.back();
  float least = 1, product = 1, sum = 0;
  for (const float score : scores) {
    least = std::min(least, score);
    product *= score;
    sum += score;
  }
  if (rule == PathScore::kMin) return least;
  if (rule == PathScore::kProduct) return product;
  return sum / static_cast<float>(scores.size());
}

float ScoreOfPath(const Tree& tree, NodeId id, PathScore rule) {
  std::vector<float> scores;
  for (const NodeId at : tree.Path(id)) scores.push_back(tree.node(at).child.score);
  return CombineScores(scores, rule);
}

std::optional<Answer> BestAnswer(const Tree& tree, PathScore score, AnswerRule rule) {
  std::map<std::string, float> votes;
  std::vector<Answer> candidates;
  for (NodeId id = 1; id < static_cast<NodeId>(tree.nodes().size()); ++id) {
    const Child& child = tree.node(id).child;
    if (!child.terminal) continue;
    candidates.push_back({id, child.answer, ScoreOfPath(tree, id, score)});
    votes[child.answer] += candidates.back().score;
  }
  if (candidates.empty()) return std::nullopt;
  const auto weaker = [&](const Answer& a, const Answer& b) {
    const float vote_a = votes[a.text], vote_b = votes[b.text];
    if (rule == AnswerRule::kVote && vote_a != vote_b) return vote_a < vote_b;
    return a.score < b.score;
  };
  return *std::max_element(candidates.begin(), candidates.end(), weaker);
}

}  // namespace pgts::tree
