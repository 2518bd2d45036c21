// SPDX-License-Identifier: Apache-2.0
#include "policy/minibatch.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace pgts::policy {

std::vector<DecisionRow> RowsOf(const tree::Trajectory& trajectory) {
  std::vector<DecisionRow> rows;
  rows.reserve(trajectory.steps.size());
  for (const tree::TrajectoryStep& step : trajectory.steps) {
    if (step.features.nodes == 0) {
      throw Error::Format("cannot train on a search that was recorded without tree features");
    }
    rows.push_back({.features = &step.features,
                    .action = step.decision.action,
                    .forced = step.features.legal.Count() == 1,
                    .old_log_prob = step.decision.log_prob,
                    .old_value = step.decision.value});
  }
  return rows;
}

Minibatch MakeMinibatch(std::span<const DecisionRow> rows, std::span<const int> picks) {
  const auto size = static_cast<int64_t>(picks.size());
  Minibatch out;
  out.action_B1 = torch::empty({size, 1}, torch::kInt64);
  const auto column = [&](auto value_of) {
    torch::Tensor values = torch::empty({size}, torch::kFloat32);
    for (int64_t i = 0; i < size; ++i) values.data_ptr<float>()[i] = value_of(rows[picks[i]]);
    return values;
  };
  out.old_log_prob_B = column([](const DecisionRow& row) { return row.old_log_prob; });
  out.advantage_B = column([](const DecisionRow& row) { return row.advantage; });
  out.value_target_B = column([](const DecisionRow& row) { return row.value_target; });
  out.unforced_B = column([](const DecisionRow& row) { return row.forced ? 0.0F : 1.0F; });
  std::vector<const tree::TreeFeatures*> trees;
  for (int64_t i = 0; i < size; ++i) {
    const DecisionRow& row = rows[picks[i]];
    out.action_B1.data_ptr<int64_t>()[i] = static_cast<int64_t>(row.action);
    out.unforced += row.forced ? 0 : 1;
    trees.push_back(row.features);
  }
  out.trees = MakeTreeBatch(trees);
  return out;
}

Minibatch Minibatch::To(torch::Device device, torch::ScalarType float_type) const {
  Minibatch out = *this;
  out.trees = trees.To(device, float_type);
  out.action_B1 = action_B1.to(device);
  for (torch::Tensor* floats :
       {&out.old_log_prob_B, &out.advantage_B, &out.value_target_B, &out.unforced_B}) {
    *floats = floats->to(device, float_type);
  }
  return out;
}

std::vector<std::vector<int>> MinibatchOrder(int rows, int batch_size, Key draws) {
  if (rows == 0) return {};
  std::vector<int> order(rows);
  std::iota(order.begin(), order.end(), 0);
  RandomStream stream(draws);
  stream.Shuffle(std::span(order));
  const int count = std::max(1, (rows + batch_size / 2) / batch_size);
  std::vector<std::vector<int>> out;
  for (int i = 0; i < count; ++i) {
    const auto begin = static_cast<int64_t>(rows) * i / count;
    const auto end = static_cast<int64_t>(rows) * (i + 1) / count;
    out.emplace_back(order.begin() + begin, order.begin() + end);
  }
  return out;
}

void NormaliseAdvantages(std::span<DecisionRow> rows) {
  double count = 0, mean = 0, variance = 0;
  for (const DecisionRow& row : rows) {
    if (row.forced) continue;
    ++count;
    mean += row.advantage;
  }
  if (count == 0) return;
  mean /= count;
  for (const DecisionRow& row : rows) {
    if (!row.forced) variance += (row.advantage - mean) * (row.advantage - mean) / count;
  }
  const double scale = 1 / (std::sqrt(variance) + 1e-8);
  for (DecisionRow& row : rows) {
    row.advantage = row.forced ? 0.0F : static_cast<float>((row.advantage - mean) * scale);
  }
}

}  // namespace pgts::policy
