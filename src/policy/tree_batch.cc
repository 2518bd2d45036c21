// SPDX-License-Identifier: Apache-2.0
#include "policy/tree_batch.h"

#include <algorithm>
#include <cassert>

namespace pgts::policy {
namespace {

torch::Tensor Indices(const std::vector<int64_t>& values) {
  return torch::tensor(values, torch::kInt64);
}

torch::Tensor Floats(const std::vector<float>& values, int64_t columns) {
  const auto rows = static_cast<int64_t>(values.size()) / columns;
  torch::Tensor out = torch::empty({rows, columns}, torch::kFloat32);
  std::copy(values.begin(), values.end(), out.data_ptr<float>());
  return out;
}

// The columns of TreeBatch as they grow.
struct Packer {
  std::vector<float> node, edge, global, nodes;
  std::vector<int64_t> child, parent, slot, tree, current;

  void Add(const tree::TreeFeatures& features, int64_t index, int64_t max_nodes) {
    const auto first = static_cast<int64_t>(tree.size());
    node.insert(node.end(), features.node.begin(), features.node.end());
    for (int i = 0; i < features.nodes; ++i) {
      tree.push_back(index);
      slot.push_back(index * max_nodes + i);
      if (features.parent[i] >= 0) AddEdge(features, i, first);
    }
    current.push_back(first + features.current);
    global.insert(global.end(), features.global.begin(), features.global.end());
    nodes.push_back(static_cast<float>(features.nodes));
  }

  void AddEdge(const tree::TreeFeatures& features, int i, int64_t first) {
    child.push_back(first + i);
    parent.push_back(first + features.parent[i]);
    const auto row = features.edge.begin() + static_cast<ptrdiff_t>(i) * tree::kEdgeFeatures;
    edge.insert(edge.end(), row, row + tree::kEdgeFeatures);
  }
};

}  // namespace

TreeBatch MakeTreeBatch(std::span<const tree::TreeFeatures* const> trees) {
  assert(!trees.empty());
  TreeBatch out;
  out.trees = static_cast<int64_t>(trees.size());
  for (const auto* features : trees) {
    out.max_nodes = std::max<int64_t>(out.max_nodes, features->nodes);
  }
  out.padding_BN = torch::ones({out.trees, out.max_nodes}, torch::kBool);
  out.illegal_BA = torch::ones({out.trees, tree::kActionCount}, torch::kBool);
  Packer packer;
  for (int64_t b = 0; b < out.trees; ++b) {
    const tree::TreeFeatures& features = *trees[b];
    assert(features.nodes > 0 && !features.legal.Empty());
    out.first_row.push_back(static_cast<int64_t>(packer.tree.size()));
    packer.Add(features, b, out.max_nodes);
    std::fill_n(out.padding_BN.data_ptr<bool>() + b * out.max_nodes, features.nodes, false);
    for (tree::Action action : tree::kActions) {
      out.illegal_BA.data_ptr<bool>()[b * tree::kActionCount + static_cast<int>(action)] =
          !features.legal.Has(action);
    }
  }
  out.first_row.push_back(static_cast<int64_t>(packer.tree.size()));
  out.node_MF = Floats(packer.node, tree::kNodeFeatures);
  out.edge_EF = Floats(packer.edge, tree::kEdgeFeatures);
  out.global_BF = Floats(packer.global, tree::kGlobalFeatures);
  out.nodes_B1 = Floats(packer.nodes, 1);
  out.child_E = Indices(packer.child);
  out.parent_E = Indices(packer.parent);
  out.slot_M = Indices(packer.slot);
  out.tree_M = Indices(packer.tree);
  out.current_B = Indices(packer.current);
  return out;
}

TreeBatch TreeBatch::To(torch::Device device, torch::ScalarType float_type) const {
  TreeBatch out = *this;
  for (torch::Tensor* floats : {&out.node_MF, &out.edge_EF, &out.global_BF, &out.nodes_B1}) {
    *floats = floats->to(device, float_type);
  }
  for (torch::Tensor* other : {&out.child_E, &out.parent_E, &out.slot_M, &out.tree_M,
                               &out.current_B, &out.padding_BN, &out.illegal_BA}) {
    *other = other->to(device);
  }
  return out;
}

}  // namespace pgts::policy
