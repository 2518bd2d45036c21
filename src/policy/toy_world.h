// SPDX-License-Identifier: Apache-2.0
// For tests and benches: a world whose best policy is known, and searches in it.
//
// A path is right when each of its `depth` steps is right. A step is right with probability 1/2,
// drawn from its own key, and its score says so: 0.9 or 0.1; below a wrong step nothing is right.
// So the best search branches after a wrong step, expands after a right one, and terminates at the
// end of a right path. Without limits of width it then asks for 2 * depth children on average.
#pragma once

#include <algorithm>
#include <vector>

#include "base/random.h"
#include "tree/policy.h"
#include "tree/trajectory.h"

namespace pgts::policy {

struct ToyWorld {
  int depth = 3;
  tree::Limits limits{.max_depth = 3, .max_nodes = 24, .max_width = 8};

  // Node below `parent`, number `attempt`, of the problem that `problem` names.
  tree::Child Child(const tree::Tree& tree, tree::ChildRequest request, Key problem) const {
    Key key = problem;
    for (tree::NodeId id : tree.Path(request.parent)) key = key.With(tree.node(id).attempt);
    key = key.With(request.attempt);
    const bool parent_right =
        request.parent == tree::kRoot || tree.node(request.parent).child.score > 0.5F;
    const bool right = parent_right && key.Uniform(0) < 0.5;
    const bool terminal = tree.node(request.parent).depth + 1 == depth;
    return {.tokens = 4 + static_cast<int>(key.Uniform(1) * 8),
            .log_prob = -static_cast<float>(key.Uniform(2)) * 3,
            .score = right ? 0.9F : 0.1F,
            .terminal = terminal,
            .text_hash = key.value(),
            .answer = right && terminal ? "right"
                      : terminal        ? "wrong"
                                        : ""};
  }
};

// `count` searches side by side, recorded with features and graded. `run` names their problems and
// draws.
inline std::vector<tree::Trajectory> SearchToyWorld(const ToyWorld& world, tree::Policy& policy,
                                                    int count, Key run) {
  std::vector<tree::Tree> trees(count, tree::Tree(world.limits));
  std::vector<tree::TrajectoryRecorder> recorders(count, tree::TrajectoryRecorder(true));
  for (int round = 0;; ++round) {
    std::vector<int> open;
    std::vector<tree::DecisionRequest> requests;
    for (int i = 0; i < count; ++i) {
      if (trees[i].Done()) continue;
      open.push_back(i);
      requests.push_back({&trees[i], run.With("draw").With(i).With(round)});
    }
    if (open.empty()) break;
    std::vector<tree::Decision> decisions(open.size());
    policy.Decide(requests, decisions);
    for (size_t k = 0; k < open.size(); ++k) {
      const int i = open[k];
      const tree::Action action = decisions[k].action;
      recorders[i].Before(trees[i], decisions[k]);
      if (tree::AsksForChild(action)) {
        const tree::ChildRequest request = trees[i].Request(action);
        trees[i].Apply(action, world.Child(trees[i], request, run.With("problem").With(i)));
      } else {
        trees[i].Apply(action);
      }
      recorders[i].After(trees[i]);
    }
  }
  std::vector<tree::Trajectory> out;
  for (int i = 0; i < count; ++i) {
    tree::Trajectory trajectory = recorders[i].Take();
    trajectory.answer = tree::BestAnswer(trees[i]);
    trajectory.correct = trajectory.answer && trajectory.answer->text == "right";
    out.push_back(std::move(trajectory));
  }
  return out;
}

// Any legal action, all alike.
class UniformToyPolicy : public tree::Policy {
 public:
  void Decide(std::span<const tree::DecisionRequest> requests,
              std::span<tree::Decision> decisions) override {
    for (size_t i = 0; i < requests.size(); ++i) {
      const tree::ActionMask legal = requests[i].tree->Legal();
      std::vector<tree::Action> actions;
      for (tree::Action action : tree::kActions) {
        if (legal.Has(action)) actions.push_back(action);
      }
      const auto pick = static_cast<size_t>(requests[i].draw.Uniform(0) * actions.size());
      decisions[i] = {.action = actions[pick]};
    }
  }
};

// The best policy of the toy world, but for its giving up when a parent is full.
class BestToyPolicy : public tree::Policy {
 public:
  void Decide(std::span<const tree::DecisionRequest> requests,
              std::span<tree::Decision> decisions) override {
    for (size_t i = 0; i < requests.size(); ++i) decisions[i] = {.action = Best(*requests[i].tree)};
  }

 private:
  static tree::Action Best(const tree::Tree& tree) {
    const tree::ActionMask legal = tree.Legal();
    const tree::Child& here = tree.node(tree.current()).child;
    const bool right = tree.current() == tree::kRoot || here.score > 0.5F;
    const auto wanted = right ? (here.terminal ? tree::Action::kTerminate : tree::Action::kExpand)
                              : tree::Action::kBranch;
    if (legal.Has(wanted)) return wanted;
    return *std::find_if(tree::kActions.begin(), tree::kActions.end(),
                         [&](tree::Action action) { return legal.Has(action); });
  }
};

}  // namespace pgts::policy
