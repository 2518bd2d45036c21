// SPDX-License-Identifier: Apache-2.0
// Trees as tensors. The nodes of all trees lie packed one after another, so that nothing but the
// attention sees padding, and what one tree gives never depends on its neighbours in the batch.
//
// Shape suffixes of this room: B trees, M nodes of all of them, E edges (child to parent),
// N nodes of the largest tree, F features, D width, H heads, C width of a head, A actions.
#pragma once

#include <torch/types.h>

#include <span>
#include <vector>

#include "tree/features.h"

namespace pgts::policy {

struct TreeBatch {
  int64_t trees = 0;               // B
  int64_t max_nodes = 0;           // N
  std::vector<int64_t> first_row;  // tree b has the rows [first_row[b], first_row[b + 1]) of M
  torch::Tensor node_MF;           // float32
  torch::Tensor edge_EF;           // float32
  torch::Tensor child_E;           // int64, row in M
  torch::Tensor parent_E;          // int64, row in M
  torch::Tensor slot_M;            // int64, the node's place in [B, N] flattened
  torch::Tensor tree_M;            // int64, the tree that the node is of
  torch::Tensor current_B;         // int64, row in M
  torch::Tensor nodes_B1;          // float32, how many nodes each tree has
  torch::Tensor global_BF;         // float32
  torch::Tensor padding_BN;        // bool, true where there is no node
  torch::Tensor illegal_BA;        // bool

  // The batch on another device, its floats in another type (double for gradient checks).
  TreeBatch To(torch::Device device, torch::ScalarType float_type) const;
};

// Node ids may be in any order; every tree has a node, a legal action and one node without parent.
TreeBatch MakeTreeBatch(std::span<const tree::TreeFeatures* const> trees);

}  // namespace pgts::policy
