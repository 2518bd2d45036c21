// SPDX-License-Identifier: Apache-2.0
// One search's tree: which attempts it has asked for, in order, and where it stands. Plain data:
// no text, no model, no gold answer. (What a node says lives in the world; `Node::world_id` leads
// there.)
//
// Legality at the current node v:
//   Expand     v is not terminal, not dead, not exhausted, depth(v) < max_depth,
//              width(v) < max_width
//   Branch     v is not the root, parent(v) is not exhausted, width(parent(v)) < max_width
//   Backtrack  some strict ancestor of v can still be expanded
//   Terminate  the tree has a terminal node
// A search without a terminal node keeps enough nodes for an answer: where only so many are left as
// the path from v to max_depth may take, a legal Expand is all that is legal.
//
// Backtrack leads to the parent, or to the strict ancestor u that promises most among those that
// can be expanded: score(u) · Unexplored(u), ties to the nearer; the root has no score and counts
// as its best child. Width counts attempts, duplicates included. Branch and Backtrack leave v for
// good; its terminal nodes still count for the answer.
//
// The search ends by Terminate, or as soon as nodes, actions or tokens have run out, or when
// nothing is legal. max_nodes does not count the root. Tokens are checked before a step is asked
// for, so a search overshoots its token budget by at most the step under way.
//
// Not shared between threads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tree/action.h"

namespace pgts::tree {

using NodeId = int;
inline constexpr NodeId kRoot = 0;
inline constexpr NodeId kNoNode = -1;
inline constexpr float kRootScore = 0.5F;

enum class BacktrackTo : uint8_t { kParent, kUnexplored };

// Limits of one search. Zero means no limit for tokens, and the default beside it for actions.
struct Limits {
  int max_depth = 15;      // steps on one path
  int max_nodes = 80;      // the root not counted
  int max_width = 4;       // attempts below one node
  int max_actions = 0;     // 0: 3 x max_nodes
  int64_t max_tokens = 0;  // generated tokens charged; 0: no limit
  // What a token costs, in right answers. It limits nothing: a policy reads it, and what a search
  // earns depends on it (policy/returns.h).
  double token_price = 0;
  BacktrackTo backtrack_to = BacktrackTo::kParent;

  int Actions() const { return max_actions > 0 ? max_actions : 3 * max_nodes; }
  bool operator==(const Limits&) const = default;
};

// A child as the world gave it. `score` is the probability in [0, 1] that the path up to and
// including this step is correct; searchers that look at no scores leave it at kRootScore.
struct Child {
  int world_id = 0;
  int tokens = 0;      // sampled for this step
  float log_prob = 0;  // sum over its tokens, temperature 1, no truncation
  float score = kRootScore;
  bool terminal = false;      // the path states a final answer
  bool dead = false;          // the path cannot be continued
  bool truncated = false;     // ended at max_new_tokens
  bool nothing_left = false;  // no child at all: its siblings have all that their parent can have
  uint64_t text_hash = 0;     // equal texts of siblings make duplicates
  std::string answer;         // of a terminal node
};

struct Node {
  NodeId parent = kNoNode;
  int attempt = 0;  // 1, 2, ... below its parent
  int depth = 0;
  int width = 0;   // attempts asked for below this node
  int visits = 0;  // times the search stood here
  bool duplicate = false;
  bool exhausted = false;  // a child has found nothing left
  Child child;             // the root's: score kRootScore, no tokens
};

enum class End : uint8_t { kNone, kTerminated, kNodes, kActions, kTokens, kNothingLegal };
std::string_view Name(End end);

// Which child an asking action wants.
struct ChildRequest {
  NodeId parent;
  int attempt;  // 1, 2, ...
};

class Tree {
 public:
  explicit Tree(Limits limits);

  ActionMask Legal() const;
  bool Done() const { return end_ != End::kNone; }
  End end() const { return end_; }

  // The child that Expand or Branch would ask for now. The action must be legal.
  ChildRequest Request(Action action) const;
  // Applies Expand or Branch with the child that Request named. Where nothing was left to write, no
  // node is added and the search stays where it is; its parent is exhausted.
  void Apply(Action action, Child child);
  // Applies Backtrack or Terminate.
  void Apply(Action action);

  // For searchers that keep many leaves open (beam, tree search): makes `id` current without an
  // action and without charge. Requires CanExpand(id) and that no budget has run out. A search that
  // had ended with kNothingLegal goes on: nothing was legal at the old node only.
  void GoTo(NodeId id);
  // Ends a search that has asked for all it wants: terminated with a terminal node, else with
  // nothing legal. A search that has ended keeps its end.
  void Conclude();

  NodeId current() const { return current_; }
  const Node& node(NodeId id) const { return nodes_[id]; }
  std::span<const Node> nodes() const { return nodes_; }
  int NodesWithoutRoot() const { return static_cast<int>(nodes_.size()) - 1; }
  int actions() const { return actions_; }
  int64_t tokens() const { return tokens_; }  // of every node, discarded ones included
  int terminal_nodes() const { return terminal_nodes_; }
  int MaxDepthReached() const { return max_depth_reached_; }
  const Limits& limits() const { return limits_; }

  bool CanExpand(NodeId id) const;
  // How likely the generator is to go on in another way than by the children that are known: what
  // their probabilities, at temperature 1, leave of 1. In [0, 1].
  float Unexplored(NodeId id) const;
  // Node ids from the first step below the root down to `id`; empty for the root.
  std::vector<NodeId> Path(NodeId id) const;

 private:
  bool MustAnswer() const;                // there are nodes for one path to its end, and no more
  float BestChildScore(NodeId id) const;  // 0: it has none
  NodeId BacktrackTarget() const;         // where a legal Backtrack leads
  void MoveTo(NodeId id);
  void FinishAction();

  Limits limits_;
  std::vector<Node> nodes_;
  NodeId current_ = kRoot;
  int actions_ = 0;
  int64_t tokens_ = 0;
  int terminal_nodes_ = 0;
  int max_depth_reached_ = 0;
  End end_ = End::kNone;
};

// How a finished tree answers: the terminal node with the best path score, ties to the earlier
// node, or a vote in which every terminal node adds its path score to its answer.
enum class PathScore : uint8_t { kLast, kMin, kProduct, kMean };
enum class AnswerRule : uint8_t { kBest, kVote };

std::string_view Name(PathScore rule);  // "last", "min", "product", "mean"

struct Answer {
  NodeId node = kNoNode;  // the terminal node that states it (the vote's best-scored one)
  std::string text;
  float score = 0;  // its path score
};

// One score for the path whose steps score `scores`, first step first. An empty path: kRootScore.
float CombineScores(std::span<const float> scores, PathScore rule);
float ScoreOfPath(const Tree& tree, NodeId id, PathScore rule);
// Empty when the tree has no terminal node: no answer, which counts as incorrect.
std::optional<Answer> BestAnswer(const Tree& tree, PathScore score = PathScore::kLast,
                                 AnswerRule rule = AnswerRule::kBest);

}  // namespace pgts::tree
