// SPDX-License-Identifier: Apache-2.0
#include "tree/features.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <string_view>

namespace pgts::tree {
namespace {

constexpr int kReturnColumn = 12;     // kNodeFeatureNames[12] is "return_2"
constexpr int kPathMinColumn = 16;    // "path_min"
constexpr int kAgreementColumn = 17;  // "agreement"; "is_answer" behind it
constexpr int kUnexploredColumn = 19;

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

// 0 to 1.5; 1 at some 3,000.
float LogOf(double count) {
  return static_cast<float>(std::min(1.5, std::log1p(std::max(0.0, count)) / 8));
}

// -1 for a price of 1e-5 or less, 0 at 1e-3, 1 at 0.1.
float PriceFeature(double price) {
  return static_cast<float>((std::log10(std::clamp(price, 1e-5, 1e-1)) + 3) / 2);
}

// What the terminal nodes say.
struct Answers {
  std::map<std::string_view, int> nodes_of;  // how many state it
  NodeId best = kNoNode;                     // highest score, ties to the earlier
  float best_score = 0;
  float next_score = 0;  // the highest among those that state another answer than the best
};

Answers ReadAnswers(const Tree& tree) {
  Answers answers;
  const std::span<const Node> nodes = tree.nodes();
  for (size_t id = 1; id < nodes.size(); ++id) {
    const Child& child = nodes[id].child;
    if (!child.terminal) continue;
    ++answers.nodes_of[child.answer];
    if (answers.best != kNoNode && child.score <= answers.best_score) continue;
    answers.best = static_cast<NodeId>(id);
    answers.best_score = child.score;
  }
  for (size_t id = 1; id < nodes.size(); ++id) {
    const Child& child = nodes[id].child;
    if (!child.terminal || child.answer == nodes[answers.best].child.answer) continue;
    answers.next_score = std::max(answers.next_score, child.score);
  }
  return answers;
}

float AgreementOf(const TreeFeatures& features, NodeId id) {
  return features.node[static_cast<size_t>(id) * kNodeFeatures + kAgreementColumn];
}

void WriteAnswers(const Tree& tree, const Answers& answers, TreeFeatures& out) {
  const auto terminals = static_cast<float>(std::max(1, tree.terminal_nodes()));
  const auto agreement = [&](NodeId id) {
    const auto agreeing = answers.nodes_of.at(tree.node(id).child.answer);
    return static_cast<float>(agreeing) / terminals;
  };
  for (NodeId id = 1; id < out.nodes; ++id) {
    if (!tree.node(id).child.terminal) continue;
    out.node[static_cast<size_t>(id) * kNodeFeatures + kAgreementColumn] = agreement(id);
  }
  if (answers.best == kNoNode) return;
  out.node[static_cast<size_t>(answers.best) * kNodeFeatures + kAgreementColumn + 1] = 1;
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
  std::vector<float> path_min(n, 1.0F);
  for (NodeId id = 0; id < n; ++id) {
    const std::span<float> row =
        std::span(out.node).subspan(static_cast<size_t>(id) * kNodeFeatures, kNodeFeatures);
    WriteNode(tree, id, row);
    row[kUnexploredColumn] = tree.Unexplored(id);
    out.parent.push_back(tree.node(id).parent);
    if (id == kRoot) continue;
    path_min[id] = std::min(path_min[tree.node(id).parent], tree.node(id).child.score);
    row[kPathMinColumn] = 2 * path_min[id] - 1;
    WriteEdge(tree, id,
              std::span(out.edge).subspan(static_cast<size_t>(id) * kEdgeFeatures, kEdgeFeatures));
  }
  for (NodeId at = tree.current(); at != kNoNode; at = tree.node(at).parent) {
    out.node[static_cast<size_t>(at) * kNodeFeatures + 11] = 1;
  }
  WriteReturnProbabilities(tree, out.node);
  const Answers answers = ReadAnswers(tree);
  WriteAnswers(tree, answers, out);
  const Limits& limits = tree.limits();
  const bool limited = limits.max_tokens > 0;
  out.global = {PriceFeature(limits.token_price),
                LogOf(static_cast<double>(tree.tokens())),
                limited ? LogOf(static_cast<double>(limits.max_tokens - tree.tokens())) : 1.5F,
                limited ? 1.0F : 0.0F,
                LogOf(limits.max_nodes - tree.NodesWithoutRoot()),
                Left(tree.node(tree.current()).depth, limits.max_depth),
                std::tanh(static_cast<float>(tree.terminal_nodes()) / 2),
                std::tanh(static_cast<float>(answers.nodes_of.size()) / 2),
                answers.best_score,
                answers.best == kNoNode ? 0.0F : AgreementOf(out, answers.best),
                answers.next_score};
  return out;
}

}  // namespace pgts::tree
