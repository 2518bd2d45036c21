// SPDX-License-Identifier: Apache-2.0
// Multi-head attention in which every node of a tree sees every node of the same tree and nothing
// else (Vaswani et al., NeurIPS 2017, section 3.2):
//   out_i = sum_j softmax_j(q_i . k_j / sqrt(C)) v_j,   i, j of one tree
//
// Two ways to the same numbers. On CPU a kernel walks the packed rows: trees have tens of nodes,
// and thousands of matrix products that small cost far more to call than to compute. On other
// devices LibTorch's batched products run on padded trees.
#pragma once

#include "policy/tree_batch.h"

namespace pgts::policy {

// query_key_value_M3D holds the three parts side by side, each D = heads * C wide -> [M, D].
torch::Tensor TreeAttention(const torch::Tensor& query_key_value_M3D, int64_t heads,
                            const TreeBatch& batch);

// The second way, on any device; the first is held to it by a test.
torch::Tensor PaddedTreeAttention(const torch::Tensor& query_key_value_M3D, int64_t heads,
                                  const TreeBatch& batch);

}  // namespace pgts::policy
