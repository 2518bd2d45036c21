// SPDX-License-Identifier: Apache-2.0
// The decisions of one search, as the searcher made them: what PPO trains on, what
// `trajectories/*.jsonl` holds, what a replay shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tree/features.h"
#include "tree/policy.h"

namespace pgts::tree {

// A node as it was when the search got it, and what is found out about it later.
struct GrownNode {
  NodeId parent = kNoNode;
  int attempt = 0;         // 1, 2, ... below its parent
  bool duplicate = false;  // a sibling has the same text
  Child child;
  std::string text;             // of the step; set by code that knows the world
  std::optional<bool> correct;  // of a terminal node; set by code that may see the gold answer
};

struct TrajectoryStep {
  Decision decision;
  ActionMask legal;                     // before the decision
  NodeId from = kRoot;                  // current node before it
  NodeId to = kRoot;                    // current node after it
  int tokens = 0;                       // charged by it
  float potential_before = kRootScore;  // Phi of the node before: its score; root 0.5, dead 0
  float potential_after = kRootScore;   // Phi of the node after; 0 where the search ended
  TreeFeatures features;                // before the decision; left empty unless recorded
  std::optional<GrownNode> grown;  // the child that Expand or Branch asked for, if one was left
};

struct Trajectory {
  std::vector<TrajectoryStep> steps;
  End end = End::kNone;
  std::optional<Answer> answer;
  std::optional<bool> correct;  // set by code that may see the gold answer
  double token_price = 0;       // that the search was told (Limits::token_price)
};

// Phi(v) of the potential-based shaping: the node's score, 0 for a dead node.
float Potential(const Tree& tree, NodeId id);

// Sees a search as it runs. A searcher calls Before with every decision that it is about to apply,
// After once it is applied, and Ended once at the search's end, with its answer by the searcher's
// rule. Where the world could not supply a child, Ended is never called. A method of several
// searches (chains, searches that vote) shows them one after another; a decision on a tree without
// actions begins the next.
class SearchObserver {
 public:
  virtual ~SearchObserver() = default;
  virtual void Before(const Tree& tree, const Decision& decision) = 0;
  virtual void After(const Tree& tree) = 0;
  virtual void Ended(const Tree& /*tree*/, const std::optional<Answer>& /*answer*/) {}
};

// Records what one method does on one problem. `with_features` keeps what the policy saw, for
// training.
class TrajectoryRecorder : public SearchObserver {
 public:
  explicit TrajectoryRecorder(bool with_features) : with_features_(with_features) {}
  void Before(const Tree& tree, const Decision& decision) override;
  void After(const Tree& tree) override;
  void Ended(const Tree& tree, const std::optional<Answer>& answer) override;
  // The latest search's; empty before its first decision.
  const Trajectory& trajectory() const { return trajectories_.back(); }
  Trajectory Take() { return std::move(trajectories_.back()); }
  // Every search's, in order; at least one.
  std::vector<Trajectory> TakeAll() { return std::move(trajectories_); }

 private:
  bool with_features_;
  int64_t tokens_before_ = 0;
  size_t nodes_before_ = 0;
  std::vector<Trajectory> trajectories_{1};
};

}  // namespace pgts::tree
