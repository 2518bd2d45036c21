// SPDX-License-Identifier: Apache-2.0
#include "tree/features.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace pgts::tree {
namespace {

constexpr int kReturnColumn = 12;  // kNodeFeatureNames[12] is "return_2"

// One step of the random walk for every start at once: next = step x now, rows are positions.
// The diagonal after 2k steps is the return probability.
void WriteReturnProbabilities(const Tree& tree, std::vector<float>& node_features) {
  const int n = static_cast<int>(tree.nodes().size());
  std::vector<float> degree(n, 0);
  for (NodeId id = 1; id < n; ++id) {
    ++degree[id];
    ++degree[tree.node(id).parent];
  }
  std::vector<float> now(static_cast<size_t>(n) * n, 0), next(now.size());
  for (int i = 0; i < n; ++i) now[static_cast<size_t>(i) * n + i] = 1;
  for (int step = 1; step <= 8; ++step) {
    std::fill(next.begin(), next.end(), 0.0F);
    for (NodeId id = 1; id < n; ++id) {
      const NodeId up = tree.node(id).parent;
      float* const to_child = &next[static_cast<size_t>(id) * n];
      float* const to_parent = &next[static_cast<size_t>(up) * n];
      const float* const at_child = &now[static_cast<size_t>(id) * n];
      const float* const at_parent = &now[static_cast<size_t>(up) * n];
      for (int start = 0; start < n; ++start) {
        to_parent[start] += at_child[start] / degree[id];
        to_child[start] += at_parent[start] / degree[up];
      }
    }
    now.swap(next);
    if (step % 2 != 0) continue;
    for (int i = 0; i < n; ++i) {
      node_features[static_cast<size_t>(i) * kNodeFeatures + kReturnColumn + step / 2 - 1] =
          n == 1 ? 0.0F : now[static_cast<size_t>(i) * n + i];
    }
  }
}

void WriteNode(const Tree& tree, NodeId id, std::span<float> row) {
  const Node& node = tree.node(id);
  const Limits& limits = tree.limits();
  const float tokens = static_cast<float>(node.child.tokens);
  row[0] = 2 * node.child.score - 1;
  row[1] = std::tanh(node.child.log_prob / 4);
  row[2] = tokens > 0 ? std::tanh(node.child.log_prob / tokens * 4) : 0.0F;
  row[3] = std::tanh(tokens / 64);
  row[4] = static_cast<float>(node.depth) / static_cast<float>(limits.max_depth);
  row[5] = static_cast<float>(node.width) / static_cast<float>(limits.max_width);
  row[6] = node.child.terminal ? 1.0F : 0.0F;
  row[7] = node.child.dead ? 1.0F : 0.0F;
  row[8] = node.duplicate ? 1.0F : 0.0F;
  row[9] = id == tree.current() ? 1.0F : 0.0F;
  row[10] = std::tanh(static_cast<float>(node.visits) / 4);
}

void WriteEdge(const Tree& tree, NodeId id, std::span<float> row) {
  const Node& node = tree.node(id);
  row[0] = node.child.score - tree.node(node.parent).child.score;
  row[1] = std::tanh(node.child.log_prob / 4);
  row[2] = static_cast<float>(node.attempt) / static_cast<float>(tree.limits().max_width);
}

float Left(double used, double limit) {
  return limit > 0 ? static_cast<float>(std::max(0.0, 1 - used / limit)) : 1.0F;
}

}  // namespace

TreeFeatures ReadFeatures(const Tree& tree) {
  TreeFeatures out;
  const int n = static_cast<int>(tree.nodes().size());
  out.nodes = n;
  out.current = tree.current();
  out.legal = tree.Legal();
  out.node.assign(static_cast<size_t>(n) * kNodeFeatures, 0.0F);
  out.edge.assign(static_cast<size_t>(n) * kEdgeFeatures, 0.0F);
  float best_terminal = 0;
  for (NodeId id = 0; id < n; ++id) {
    WriteNode(tree, id,
              std::span(out.node).subspan(static_cast<size_t>(id) * kNodeFeatures, kNodeFeatures));
    out.parent.push_back(tree.node(id).parent);
    if (id == kRoot) continue;
    WriteEdge(tree, id,
              std::span(out.edge).subspan(static_cast<size_t>(id) * kEdgeFeatures, kEdgeFeatures));
    if (tree.node(id).child.terminal)
      best_terminal = std::max(best_terminal, tree.node(id).child.score);
  }
  for (NodeId at = tree.current(); at != kNoNode; at = tree.node(at).parent) {
    out.node[static_cast<size_t>(at) * kNodeFeatures + 11] = 1;
  }
  WriteReturnProbabilities(tree, out.node);
  const Limits& limits = tree.limits();
  out.global = {Left(tree.NodesWithoutRoot(), limits.max_nodes),
                Left(tree.actions(), limits.Actions()),
                Left(static_cast<double>(tree.tokens()), static_cast<double>(limits.max_tokens)),
                best_terminal,
                std::tanh(static_cast<float>(tree.terminal_nodes()) / 2),
                Left(tree.node(tree.current()).depth, limits.max_depth)};
  return out;
}

}  // namespace pgts::tree
