// SPDX-License-Identifier: Apache-2.0
#include "policy/ppo.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "policy/gps_network.h"
#include "policy/network_policy.h"
#include "policy/returns.h"
#include "policy/toy_world.h"

namespace pgts::policy {
namespace {

constexpr double kTemperature = 0.8;

std::shared_ptr<GpsNetwork> Network(double head_scale = 1) {
  auto network = std::make_shared<GpsNetwork>(
      NetworkOptions{.hidden_dim = 32, .num_layers = 2, .num_heads = 4}, 5);
  torch::NoGradGuard no_grad;
  for (const auto& [name, weight] : network->Weights()) {
    if (name == "policy_out.weight" || name == "value_out.weight") weight.mul_(head_scale);
  }
  return network;
}

std::vector<tree::Trajectory> Rollouts(std::shared_ptr<GpsNetwork> network, int count, Key run,
                                       double temperature = kTemperature) {
  NetworkPolicy policy(std::move(network), {.temperature = temperature});
  return SearchToyWorld({}, policy, count, run);
}

double MeanReturn(std::span<const tree::Trajectory> trajectories, const RewardOptions& options) {
  double sum = 0;
  for (const auto& trajectory : trajectories) {
    const auto rewards = Rewards(trajectory, options);
    sum += std::accumulate(rewards.begin(), rewards.end(), 0.0);
  }
  return sum / static_cast<double>(trajectories.size());
}

TEST(PpoTest, FirstMinibatchHasRatioOne) {
  const auto network = Network(100);
  PpoTrainer trainer(network, {});
  const PpoStats stats = trainer.Update(Rollouts(network, 64, Key("ratio")));
  EXPECT_LE(stats.first_max_log_ratio, 1e-5);
  // And again, now that the weights are trained and the values rescaled.
  const PpoStats next = trainer.Update(Rollouts(network, 64, Key("ratio-again")));
  EXPECT_LE(next.first_max_log_ratio, 1e-5);
  EXPECT_GT(next.approximate_kl, 0);
}

TEST(PpoTest, FirstMinibatchTellsAnotherTemperature) {
  const auto network = Network(100);
  PpoTrainer trainer(network, {});
  EXPECT_GT(trainer.Update(Rollouts(network, 64, Key("ratio"), 1.0)).first_max_log_ratio, 1e-3);
}

TEST(PpoTest, SameSeedSameBytes) {
  const auto first = Network(), second = Network(), other = Network();
  const auto rollouts = Rollouts(first, 64, Key("bytes"));
  PpoTrainer(first, {.ppo = {.batch_size = 64}, .seed = 1}).Update(rollouts);
  PpoTrainer(second, {.ppo = {.batch_size = 64}, .seed = 1}).Update(rollouts);
  PpoTrainer(other, {.ppo = {.batch_size = 64}, .seed = 2}).Update(rollouts);
  for (size_t i = 0; i < first->Weights().size(); ++i) {
    EXPECT_TRUE(torch::equal(first->Weights()[i].second, second->Weights()[i].second));
  }
  EXPECT_FALSE(torch::equal(first->Weights()[0].second, other->Weights()[0].second));
}

TEST(PpoTest, StatsDescribeTheRollouts) {
  const auto network = Network();
  const auto rollouts = Rollouts(network, 32, Key("stats"));
  PpoTrainer trainer(network, {});
  const PpoStats stats = trainer.Update(rollouts);
  size_t decisions = 0;
  for (const auto& trajectory : rollouts) decisions += trajectory.steps.size();
  EXPECT_EQ(stats.trajectories, 32);
  EXPECT_EQ(stats.decisions, decisions);
  EXPECT_LE(stats.unforced, stats.decisions - 32);  // every search begins with a forced Expand
  EXPECT_NEAR(stats.return_mean, MeanReturn(rollouts, {}), 1e-9);
  EXPECT_NEAR(std::accumulate(stats.action_mix.begin(), stats.action_mix.end(), 0.0), 1, 1e-9);
  EXPECT_EQ(stats.epochs, 4);
  EXPECT_EQ(trainer.iteration(), 1);
  EXPECT_GT(network->returns().count, 0);
}

// Two searches of a group that earned the same have no advantage over each other: nothing is
// learnt.
TEST(PpoTest, AGroupThatEarnsTheSameTeachesThePolicyNothing) {
  const auto network = Network();
  auto rollouts = Rollouts(network, 32, Key("group"));
  for (tree::Trajectory& rollout : rollouts) rollout.correct = true;
  const RewardOptions only_the_answer{.step_penalty = 0, .score_weight = 0};
  const PpoOptions ppo{.value_coeff = 0, .entropy_coeff = 0, .baseline = "leave_one_out"};
  const torch::Tensor before = network->Weights()[0].second.clone();
  PpoTrainer(network, {.ppo = ppo, .rewards = only_the_answer, .group = 2}).Update(rollouts);
  EXPECT_TRUE(torch::equal(network->Weights()[0].second, before));
  rollouts[0].correct = false;
  PpoTrainer(network, {.ppo = ppo, .rewards = only_the_answer, .group = 2}).Update(rollouts);
  EXPECT_FALSE(torch::equal(network->Weights()[0].second, before));
}

TEST(PpoTest, TargetKlStopsEarly) {
  const auto network = Network();
  PpoTrainer trainer(network, {.ppo = {.learning_rate = 0.01, .target_kl = 1e-4}});
  EXPECT_EQ(trainer.Update(Rollouts(network, 64, Key("kl"))).epochs, 1);
}

TEST(PpoTest, DivergenceIsAnErrorInWords) {
  const auto network = Network();
  auto rollouts = Rollouts(network, 4, Key("nan"));
  rollouts[0].steps[0].features.node[0] = std::nanf("");
  PpoTrainer trainer(network, {});
  EXPECT_THROW(trainer.Update(rollouts), Error);
}

TEST(PpoTest, RefusesSearchesWithoutFeatures) {
  const auto network = Network();
  auto rollouts = Rollouts(network, 4, Key("features"));
  rollouts[0].steps[0].features = {};
  PpoTrainer trainer(network, {});
  EXPECT_THROW(trainer.Update(rollouts), Error);
  EXPECT_THROW(trainer.Update({}), Error);
}

// The world's optimum is known (toy_world.h). PPO starts near a uniform policy and must come within
// 0.3 of it, unshaped: about three step penalties.
TEST(PpoTest, SolvesTheToyWorld) {
  const RewardOptions rewards{.score_weight = 0};
  BestToyPolicy best;
  const double optimum = MeanReturn(SearchToyWorld({}, best, 500, Key("optimum")), rewards);
  EXPECT_NEAR(optimum, 9.3, 0.4);

  const auto network = Network();
  PpoTrainer trainer(
      network,
      {.ppo = {.learning_rate = 2e-3, .ppo_epochs = 4}, .rewards = rewards, .temperature = 1});
  const double before = MeanReturn(Rollouts(network, 300, Key("before"), 1), rewards);
  EXPECT_LT(before, optimum - 5);
  for (int iteration = 0; iteration < 40; ++iteration) {
    trainer.Update(Rollouts(network, 64, Key("toy").With(iteration), 1));
  }
  NetworkPolicy greedy(network, {.greedy = true});
  const auto after = SearchToyWorld({}, greedy, 300, Key("optimum"));
  EXPECT_GT(MeanReturn(after, rewards), optimum - 0.3);
}

}  // namespace
}  // namespace pgts::policy
