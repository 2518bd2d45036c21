// SPDX-License-Identifier: Apache-2.0
#include "search/mcts.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <utility>

namespace pgts::search {
namespace {

using tree::kNoNode;
using tree::kRoot;
using tree::NodeId;

// What the simulations know of one node of the tree.
struct Knowledge {
  int visits = 0;  // N: simulations whose path went through it
  double sum = 0;  // Q: of their values
  bool closed = false;
  std::vector<NodeId> children;
};

class Simulations {
 public:
  Simulations(const SearchContext& context, const MctsOptions& options)
      : options_(options),
        branching_(std::min(options.branching, context.limits.max_width)),
        walk_(context, /*walkers=*/1),
        known_(1) {}

  Co<void> Run() {
    while (!walk_.Over() && !known_[kRoot].closed) co_await RunOne();
  }
  SearchResult Finish() { return walk_.Finish(options_.answer); }

 private:
  Co<void> RunOne() {
    NodeId end = co_await Grow(Select());
    if (options_.value == MctsValue::kRollout) {
      while (end != kNoNode && walk_.tree().CanExpand(end)) end = co_await Grow(end);
    }
    if (end != kNoNode) BackUp(end, Value(end));
  }

  NodeId Select() const {
    NodeId at = kRoot;
    while (!MayGrow(at)) at = BestChild(at);
    return at;
  }

  NodeId BestChild(NodeId parent) const {
    const double log_visits = std::log(known_[parent].visits);
    NodeId best = kNoNode;
    double best_bound = 0;
    for (const NodeId child : known_[parent].children) {
      const Knowledge& known = known_[child];
      if (known.closed) continue;
      const double bound =
          known.sum / known.visits + options_.exploration * std::sqrt(log_visits / known.visits);
      if (best == kNoNode || bound > best_bound) best = child, best_bound = bound;
    }
    return best;  // never kNoNode: an open node that may not grow has an open child
  }

  // The next child of `parent`; kNoNode where nothing is left to write, or where a budget or the
  // world's knowledge ends.
  Co<NodeId> Grow(NodeId parent) {
    std::vector<NodeId> parents = {parent};
    const std::vector<NodeId> asked = co_await walk_.Ask(std::move(parents));
    const NodeId child = asked.front();
    if (child == kNoNode) {
      Close(parent);
      co_return kNoNode;
    }
    known_.emplace_back();
    known_[parent].children.push_back(child);
    co_return child;
  }

  // A path that can go on is judged by its last step; one that cannot, by whether it answers.
  double Value(NodeId end) const {
    const tree::Child& child = walk_.tree().node(end).child;
    return child.terminal || walk_.tree().CanExpand(end) ? child.score : 0;
  }

  void BackUp(NodeId end, double value) {
    for (NodeId at = end; at != kNoNode; at = walk_.tree().node(at).parent) {
      known_[at].visits += 1;
      known_[at].sum += value;
    }
    Close(end);
  }

  // Marks what is closed on the way from the root to `end`.
  void Close(NodeId end) {
    for (NodeId at = end; at != kNoNode; at = walk_.tree().node(at).parent) {
      known_[at].closed = IsClosed(at);
    }
  }

  bool MayGrow(NodeId id) const {
    return static_cast<int>(known_[id].children.size()) < branching_ && walk_.tree().CanExpand(id);
  }
  bool IsClosed(NodeId id) const {
    return !MayGrow(id) && std::ranges::all_of(known_[id].children,
                                               [&](NodeId child) { return known_[child].closed; });
  }

  const MctsOptions& options_;
  int branching_;
  TreeWalk walk_;
  std::vector<Knowledge> known_;  // [nodes of the tree]
};

}  // namespace

std::vector<MctsOptions> Mcts::Candidates(MctsOptions fixed) {
  std::vector<MctsOptions> candidates;
  for (const auto& [exploration, branching] : std::initializer_list<std::pair<double, int>>{
           {0, 1}, {0, 2}, {0, 3}, {0.1, 2}, {0.1, 4}, {0.5, 2}, {1, 4}}) {
    candidates.push_back({.value = fixed.value,
                          .exploration = exploration,
                          .branching = branching,
                          .answer = fixed.answer});
  }
  return candidates;
}

Co<SearchResult> Mcts::Run(SearchContext context) const {
  Simulations simulations(context, options_);
  co_await simulations.Run();
  co_return simulations.Finish();
}

}  // namespace pgts::search
