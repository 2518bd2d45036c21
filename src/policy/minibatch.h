// SPDX-License-Identifier: Apache-2.0
// Recorded decisions as rows, and minibatches of them as tensors. PPO and the warm start share it.
#pragma once

#include <span>
#include <vector>

#include "base/random.h"
#include "policy/tree_batch.h"
#include "tree/trajectory.h"

namespace pgts::policy {

struct DecisionRow {
  const tree::TreeFeatures* features;  // of the trajectory, which outlives the row
  tree::Action action;
  bool forced;             // one action was legal: nothing was decided
  float old_log_prob = 0;  // as sampled
  float old_value = 0;     // as predicted then, in reward units
  float advantage = 0;
  float value_target = 0;  // a return, in reward units
};

// Throws Error for a trajectory that was recorded without features.
std::vector<DecisionRow> RowsOf(const tree::Trajectory& trajectory);

// Brings advantages to mean 0 and deviation 1 over the unforced rows, once per iteration; a forced
// row has no say and gets 0.
void NormaliseAdvantages(std::span<DecisionRow> rows);

struct Minibatch {
  TreeBatch trees;
  torch::Tensor action_B1;  // int64
  torch::Tensor old_log_prob_B;
  torch::Tensor advantage_B;
  torch::Tensor value_target_B;  // as in the rows
  torch::Tensor unforced_B;      // 1 or 0
  double unforced = 0;           // its sum

  Minibatch To(torch::Device device, torch::ScalarType float_type) const;
};

Minibatch MakeMinibatch(std::span<const DecisionRow> rows, std::span<const int> picks);

// All row numbers once, in an order drawn from `draws`, cut into minibatches of as equal size as
// possible and about `batch_size` each: a small remainder would be a noisy step of full length.
std::vector<std::vector<int>> MinibatchOrder(int rows, int batch_size, Key draws);

}  // namespace pgts::policy
