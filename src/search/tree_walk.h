// SPDX-License-Identifier: Apache-2.0
// What the tree searchers share: how a step of the world becomes a node of the tree, and the walk
// of those that keep many leaves open (beam, DVTS, MCTS).
//
// Asking. Several children may be asked for together, with the same result as one after another:
// the budgets are checked before each child, and once one is spent no further child is asked for.
// So a search overruns its token budget by one step at most, and what it does depends neither on
// what is stored already nor on what runs beside it. Children that fit for certain (there are nodes
// left, and tokens for as many of the longest steps that the world can write) are asked for at
// once.
#pragma once

#include <optional>
#include <vector>

#include "search/searcher.h"
#include "search/walker_pool.h"

namespace pgts::search {

// The decision of searchers that ask for the next child wherever they stand.
inline constexpr tree::Decision kAskNext{.action = tree::Action::kExpand, .probabilities = {1}};

// A step as a node of the tree. `score` empty: nobody looked; a dead step scores 0 unasked.
tree::Child ToChild(const world::Step& step, std::optional<float> score);

// Asks the world for a child and, if `scored`, for its score. nullopt: not recorded.
struct StepRequest {
  int parent = world::kRootStep;  // a step of the world
  int attempt = 1;
  bool scored = true;
};
Co<std::optional<tree::Child>> AskChild(world::Walker& walker, StepRequest request);

// Sizes and answer of a tree; the charges are its walkers'.
SearchResult ToResult(const tree::Tree& tree, const std::optional<tree::Answer>& answer);

// The list of tips, `times` times in a row. Asked in this order, each tip gets its first child
// before any tip gets its second: where attempts, nodes or tokens run out, all tips lose alike.
std::vector<tree::NodeId> Repeat(const std::vector<tree::NodeId>& tips, int times);

// The `most` nodes with the best path score, best first (ties: the one asked for first). Dead nodes
// and kNoNode are left out.
std::vector<tree::NodeId> KeepBest(const tree::Tree& tree, std::vector<tree::NodeId> nodes,
                                   tree::PathScore rule, int most);

// The shapes that are tried: so many beams or subtrees, and so many children of each in a round.
// They reach from one chain of steps to what only the largest budgets pay for.
struct BeamShape {
  int beams, expansion;
};
inline constexpr BeamShape kBeamShapes[] = {{1, 1}, {1, 2}, {1, 3}, {1, 4}, {2, 1}, {2, 2}, {4, 4}};

struct AnswerChoice {
  tree::PathScore path_score = tree::PathScore::kLast;
  tree::AnswerRule rule = tree::AnswerRule::kBest;
};

// Every step is scored. Asked steps become nodes in the order of asking, and the observer sees each
// as an Expand at its parent.
class TreeWalk {
 public:
  // `walkers`: steps under way at once, at most.
  TreeWalk(const SearchContext& context, int walkers);

  const tree::Tree& tree() const { return tree_; }
  // Nothing more can be asked for: a budget is spent, or the world could not say.
  bool Over() const;

  // Asks for the next child of each parent, in this order. Returns the new node of each; kNoNode
  // where the parent is terminal, dead, too deep or without an attempt left, or a budget is spent.
  Co<std::vector<tree::NodeId>> Ask(std::vector<tree::NodeId> parents);

  // Ends the search and answers.
  SearchResult Finish(AnswerChoice choice);

 private:
  struct Asked {
    size_t request;  // index into the parents
    tree::NodeId parent;
    StepRequest step;
    std::optional<tree::Child> child;
  };
  std::vector<Asked> NextWave(const std::vector<tree::NodeId>& parents, size_t& next) const;
  int SureToFit() const;
  Co<void> Send(std::vector<Asked>& wave);
  void Apply(std::vector<Asked>& wave, std::vector<tree::NodeId>& nodes);
  void Grow(tree::NodeId parent, tree::Child child);

  Rounds& rounds_;
  tree::SearchObserver* observer_;
  tree::Tree tree_;
  WalkerPool pool_;
  bool lost_ = false;  // the world could not say
};

}  // namespace pgts::search
