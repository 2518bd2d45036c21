// SPDX-License-Identifier: Apache-2.0
#include "policy/ppo_loss.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include <cmath>
#include <numeric>

#include "policy/network_policy.h"
#include "policy/toy_world.h"

namespace pgts::policy {
namespace {

constexpr double kTemperature = 0.8;

struct Data {
  std::vector<tree::Trajectory> trajectories;
  std::vector<DecisionRow> rows;
};

// Decisions with made-up advantages and targets.
Data SomeDecisions(int searches = 4) {
  UniformToyPolicy policy;
  Data data{.trajectories = SearchToyWorld({}, policy, searches, Key("loss-test"))};
  RandomStream stream(Key("loss-rows"));
  for (const auto& trajectory : data.trajectories) {
    for (DecisionRow row : RowsOf(trajectory)) {
      row.old_log_prob = row.forced ? 0.0F : static_cast<float>(-1.2 - stream.Uniform() * 0.2);
      row.advantage = static_cast<float>(stream.Uniform() * 2 - 1);
      row.value_target = static_cast<float>(stream.Uniform() * 10 - 5);
      data.rows.push_back(row);
    }
  }
  return data;
}

Minibatch BatchOf(std::span<const DecisionRow> rows, torch::ScalarType type = torch::kFloat32) {
  std::vector<int> picks(rows.size());
  std::iota(picks.begin(), picks.end(), 0);
  return MakeMinibatch(rows, picks).To(torch::kCPU, type);
}

TEST(PpoLossTest, GradientsEqualFiniteDifferences) {
  const Data data = SomeDecisions(2);
  GpsNetwork network({.hidden_dim = 8, .num_layers = 2, .num_heads = 2}, 11);
  network.to(torch::kFloat64);
  network.set_returns({.mean = 0.5, .variance = 4, .count = 10});
  {
    torch::NoGradGuard no_grad;
    for (const auto& [name, weight] : network.Weights()) {
      if (name == "policy_out.weight" || name == "value_out.weight") weight.mul_(50);
    }
  }
  const Minibatch minibatch = BatchOf(data.rows, torch::kFloat64);
  const auto loss = [&] {
    return ComputePpoLoss(network, minibatch, {.entropy_coeff = 0.1}, kTemperature).total;
  };
  loss().backward();
  for (const auto& [name, weight] : network.Weights()) {
    const torch::Tensor gradient = weight.grad().flatten(), flat = weight.detach().flatten();
    for (int64_t i = 0; i < flat.size(0); i += 1 + flat.size(0) / 5) {
      const double step = 1e-6, value = flat[i].item<double>();
      flat[i] = value + step;
      const double up = loss().item<double>();
      flat[i] = value - step;
      const double down = loss().item<double>();
      flat[i] = value;
      EXPECT_NEAR(gradient[i].item<double>(), (up - down) / (2 * step), 1e-7) << name << " " << i;
    }
  }
}

// A decision by hand: three legal actions at uniform logits, ratio = (1/3) / old probability.
TEST(PpoLossTest, ClippingByHand) {
  Data data = SomeDecisions();
  std::vector<DecisionRow> one;
  for (const DecisionRow& row : data.rows) {
    if (row.features->legal.Count() == 3 && one.empty()) one.push_back(row);
  }
  ASSERT_EQ(one.size(), 1U);
  GpsNetwork network({.hidden_dim = 8, .num_layers = 1, .num_heads = 2});
  torch::NoGradGuard no_grad;
  for (const auto& [name, weight] : network.Weights()) {
    if (name.starts_with("policy_out")) weight.zero_();
  }
  const auto policy_loss = [&](double ratio, float advantage) {
    one[0].old_log_prob = static_cast<float>(std::log(1.0 / 3 / ratio));
    one[0].advantage = advantage;
    return ComputePpoLoss(network, BatchOf(one), {.clip_epsilon = 0.2}, kTemperature);
  };
  EXPECT_NEAR(policy_loss(1.1, 2).policy, -2.2, 1e-5);
  EXPECT_NEAR(policy_loss(1.5, 2).policy, -2.4, 1e-5) << "clipped";
  EXPECT_NEAR(policy_loss(1.5, -2).policy, 3.0, 1e-5) << "the worse of the two: not clipped";
  EXPECT_NEAR(policy_loss(0.5, -2).policy, 1.6, 1e-5) << "clipped";
  EXPECT_NEAR(policy_loss(1.5, 2).approximate_kl, 0.5 - std::log(1.5), 1e-5);
  EXPECT_EQ(policy_loss(1.5, 2).clip_fraction, 1);
  EXPECT_EQ(policy_loss(1.1, 2).clip_fraction, 0);
  EXPECT_NEAR(policy_loss(1.1, 2).entropy, std::log(3), 1e-5);
}

TEST(PpoLossTest, ForcedDecisionsCountInTheValueLossOnly) {
  const Data data = SomeDecisions();
  std::vector<DecisionRow> forced, unforced;
  for (const DecisionRow& row : data.rows) (row.forced ? forced : unforced).push_back(row);
  ASSERT_GE(forced.size(), 4U);  // the first decision of every search
  GpsNetwork network({.hidden_dim = 16, .num_layers = 1, .num_heads = 2}, 3);
  const PpoLoss with = ComputePpoLoss(network, BatchOf(data.rows), {}, kTemperature);
  const PpoLoss without = ComputePpoLoss(network, BatchOf(unforced), {}, kTemperature);
  EXPECT_NEAR(with.policy, without.policy, 1e-6);
  EXPECT_NEAR(with.entropy, without.entropy, 1e-6);
  EXPECT_NE(with.value, without.value);

  const PpoLoss only = ComputePpoLoss(network, BatchOf(forced), {}, kTemperature);
  only.total.backward();
  for (const auto& [name, weight] : network.Weights()) {
    const double largest = weight.grad().abs().max().item<double>();
    if (name == "policy_out.weight") {
      EXPECT_EQ(largest, 0);
    } else if (name == "value_out.weight") {
      EXPECT_GT(largest, 0);
    }
  }
}

TEST(MinibatchTest, AdvantagesAreNormalisedOverUnforcedRows) {
  std::vector<DecisionRow> rows(5);
  const std::array<float, 5> advantages = {1, 100, 3, -100, 5};
  for (int i = 0; i < 5; ++i) {
    rows[i].advantage = advantages[i];
    rows[i].forced = i % 2 == 1;
  }
  NormaliseAdvantages(rows);
  EXPECT_NEAR(rows[0].advantage, -std::sqrt(1.5), 1e-5);
  EXPECT_NEAR(rows[2].advantage, 0, 1e-5);
  EXPECT_NEAR(rows[4].advantage, std::sqrt(1.5), 1e-5);
  EXPECT_EQ(rows[1].advantage, 0);
  EXPECT_EQ(rows[3].advantage, 0);
}

TEST(MinibatchTest, OrderHoldsEveryRowOnceInEvenParts) {
  const auto order = MinibatchOrder(1000, 256, Key("order"));
  EXPECT_EQ(order.size(), 4U);
  std::vector<int> seen(1000);
  for (const auto& picks : order) {
    EXPECT_EQ(picks.size(), 250U);
    for (int i : picks) ++seen[i];
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), 1000);
  EXPECT_EQ(order, MinibatchOrder(1000, 256, Key("order")));
  EXPECT_NE(order, MinibatchOrder(1000, 256, Key("another")));
  EXPECT_EQ(MinibatchOrder(3, 256, Key("order")).size(), 1U);
}

}  // namespace
}  // namespace pgts::policy
