// SPDX-License-Identifier: Apache-2.0
#include "reward/token_tree.h"

#include <map>
#include <utility>

namespace pgts::reward {
namespace {

class Builder {
 public:
  TokenTree Take() { return std::move(tree_); }

  void Add(const labels::LabelledSolution& solution, int index, int max_length) {
    int node = -1;
    const auto walk = [&](std::span<const llm::Token> tokens) {
      for (const llm::Token token : tokens) {
        if (Depth(node) + 1 >= max_length) return false;
        node = Child(node, token);
      }
      return true;
    };
    if (!walk(solution.prompt)) return;
    for (size_t step = 0; step < solution.steps.size(); ++step) {
      const int before = node;
      if (!walk(solution.steps[step].tokens)) return;
      if (solution.steps[step].Target() > 0.5) MarkWorthWriting(node, before);
      tree_.readings.push_back({.node = node, .solution = index, .step = static_cast<int>(step)});
    }
  }

 private:
  // The nodes from `last` up to, but not including, `before`.
  void MarkWorthWriting(int last, int before) {
    for (int node = last; node != before; node = tree_.parent[node]) {
      tree_.worth_writing[node] = true;
    }
  }

  int Depth(int node) const { return node < 0 ? -1 : tree_.depth[node]; }

  int Child(int parent, llm::Token token) {
    const auto [at, is_new] = children_.try_emplace({parent, token}, tree_.size());
    if (is_new) {
      tree_.tokens.push_back(token);
      tree_.parent.push_back(parent);
      tree_.depth.push_back(Depth(parent) + 1);
      tree_.worth_writing.push_back(false);
    }
    return at->second;
  }

  TokenTree tree_;
  std::map<std::pair<int, llm::Token>, int> children_;
};

}  // namespace

TokenTree BuildTokenTree(std::span<const labels::LabelledSolution* const> solutions,
                         int max_length) {
  Builder builder;
  for (size_t i = 0; i < solutions.size(); ++i) {
    builder.Add(*solutions[i], static_cast<int>(i), max_length);
  }
  return builder.Take();
}

}  // namespace pgts::reward
