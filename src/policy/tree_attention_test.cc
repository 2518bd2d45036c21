// SPDX-License-Identifier: Apache-2.0
#include "policy/tree_attention.h"

#include <gtest/gtest.h>
#include <torch/autograd.h>
#include <torch/utils.h>

#include <cmath>

#include "policy/toy_world.h"

namespace pgts::policy {
namespace {

TreeBatch SomeBatch(std::vector<tree::Trajectory>& trajectories) {
  UniformToyPolicy policy;
  trajectories = SearchToyWorld({}, policy, 6, Key("attention"));
  std::vector<const tree::TreeFeatures*> trees;
  for (const auto& trajectory : trajectories) {
    for (const auto& step : trajectory.steps) trees.push_back(&step.features);
  }
  return MakeTreeBatch(trees);
}

TEST(TreeAttentionTest, PackedEqualsPadded) {
  std::vector<tree::Trajectory> trajectories;
  const TreeBatch batch = SomeBatch(trajectories);
  const int64_t heads = 3, width = 3 * 10;  // ten: not a multiple of the kernel's lanes
  torch::manual_seed(1);
  const auto options = torch::dtype(torch::kFloat64).requires_grad(true);
  const torch::Tensor qkv = torch::randn({batch.tree_M.size(0), 3 * width}, options);
  const torch::Tensor weights = torch::randn({batch.tree_M.size(0), width}, torch::kFloat64);

  const torch::Tensor packed = TreeAttention(qkv, heads, batch);
  const torch::Tensor packed_gradient = torch::autograd::grad({(packed * weights).sum()}, {qkv})[0];
  const torch::Tensor padded = PaddedTreeAttention(qkv, heads, batch);
  const torch::Tensor padded_gradient = torch::autograd::grad({(padded * weights).sum()}, {qkv})[0];
  EXPECT_LT((packed - padded).abs().max().item<double>(), 1e-12);
  EXPECT_LT((packed_gradient - padded_gradient).abs().max().item<double>(), 1e-12);
  EXPECT_GT(padded_gradient.abs().max().item<double>(), 0.1);
}

TEST(TreeAttentionTest, WithoutGradientsTheSameNumbers) {
  std::vector<tree::Trajectory> trajectories;
  const TreeBatch batch = SomeBatch(trajectories);
  torch::manual_seed(1);
  const torch::Tensor qkv = torch::randn({batch.tree_M.size(0), 48}).requires_grad_(true);
  const torch::Tensor with = TreeAttention(qkv, 2, batch);
  torch::InferenceMode inference;
  EXPECT_TRUE(torch::equal(with.detach(), TreeAttention(qkv, 2, batch)));
}

// Two nodes, one head of width 1: q = (1, 0), k = (0, ln 3), v = (2, 6). The first node weighs the
// nodes 1/4 and 3/4, the second 1/2 and 1/2.
TEST(TreeAttentionTest, ByHand) {
  tree::Tree tree({});
  tree.Apply(tree::Action::kExpand, {.text_hash = 1});
  const tree::TreeFeatures features = tree::ReadFeatures(tree);
  const tree::TreeFeatures* const pointer = &features;
  const TreeBatch batch = MakeTreeBatch({&pointer, 1});
  const torch::Tensor qkv = torch::tensor({{1.0F, 0.0F, 2.0F}, {0.0F, std::log(3.0F), 6.0F}});
  for (const torch::Tensor& out :
       {TreeAttention(qkv, 1, batch), PaddedTreeAttention(qkv, 1, batch)}) {
    EXPECT_NEAR(out[0][0].item<float>(), 5, 1e-5);
    EXPECT_NEAR(out[1][0].item<float>(), 4, 1e-5);
  }
}

}  // namespace
}  // namespace pgts::policy
