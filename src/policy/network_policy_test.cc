// SPDX-License-Identifier: Apache-2.0
#include "policy/network_policy.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include <cmath>

#include "base/error.h"
#include "policy/gps_network.h"
#include "policy/toy_world.h"

namespace pgts::policy {
namespace {

std::shared_ptr<GpsNetwork> Network() {
  auto network = std::make_shared<GpsNetwork>(
      NetworkOptions{.hidden_dim = 32, .num_layers = 2, .num_heads = 4}, 5);
  torch::NoGradGuard no_grad;
  for (const auto& [name, weight] : network->Weights()) {
    if (name == "policy_out.weight" || name == "value_out.weight") weight.mul_(100);
  }
  return network;
}

// After Expand to a terminal node: Branch, Backtrack and Terminate are legal.
tree::Tree AtTerminal(int nodes = 1) {
  tree::Tree tree({});
  for (int i = 1; i < nodes; ++i) {
    tree.Apply(tree::Action::kExpand, {.tokens = i, .text_hash = static_cast<uint64_t>(i)});
  }
  tree.Apply(tree::Action::kExpand, {.terminal = true, .text_hash = 99});
  return tree;
}

TEST(NetworkPolicyTest, SamplesByTheReportedProbabilities) {
  NetworkPolicy policy(Network(), {.temperature = 0.8});
  const tree::Tree tree = AtTerminal();
  const int draws = 4000;
  std::vector<tree::DecisionRequest> requests;
  for (int i = 0; i < draws; ++i) requests.push_back({&tree, Key("sampling").With(i)});
  std::vector<tree::Decision> decisions(draws);
  policy.Decide(requests, decisions);
  std::array<double, tree::kActionCount> shares{};
  for (const tree::Decision& decision : decisions) {
    ASSERT_TRUE(tree.Legal().Has(decision.action));
    shares[static_cast<int>(decision.action)] += 1.0 / draws;
    EXPECT_NEAR(decision.log_prob,
                std::log(decision.probabilities[static_cast<int>(decision.action)]), 1e-5);
  }
  EXPECT_EQ(decisions[0].probabilities[0], 0) << "Expand is illegal here";
  for (int a = 0; a < tree::kActionCount; ++a) {
    EXPECT_NEAR(shares[a], decisions[0].probabilities[a], 0.03) << a;
  }
}

TEST(NetworkPolicyTest, TemperatureSharpens) {
  const tree::Tree tree = AtTerminal();
  const tree::DecisionRequest request{&tree, Key("temperature")};
  tree::Decision warm, cool;
  NetworkPolicy(Network(), {.temperature = 1}).Decide({&request, 1}, {&warm, 1});
  NetworkPolicy(Network(), {.temperature = 0.5}).Decide({&request, 1}, {&cool, 1});
  // p_cool is p_warm^2, normalised.
  double norm = 0;
  for (float p : warm.probabilities) norm += p * p;
  for (int a = 0; a < tree::kActionCount; ++a) {
    EXPECT_NEAR(cool.probabilities[a], warm.probabilities[a] * warm.probabilities[a] / norm, 1e-5);
  }
}

TEST(NetworkPolicyTest, GreedyTakesTheMostProbable) {
  NetworkPolicy policy(Network(), {.greedy = true});
  const tree::Tree tree = AtTerminal(4);
  const tree::DecisionRequest request{&tree, Key("greedy")};
  tree::Decision decision;
  policy.Decide({&request, 1}, {&decision, 1});
  for (float p : decision.probabilities) {
    EXPECT_LE(p, decision.probabilities[static_cast<int>(decision.action)]);
  }
  EXPECT_EQ(decision.log_prob, 0);
}

TEST(NetworkPolicyTest, ADecisionDoesNotDependOnTheBatch) {
  NetworkPolicy policy(Network(), {.temperature = 0.8});
  std::vector<tree::Tree> trees;
  for (int i = 0; i < 100; ++i) trees.push_back(AtTerminal(1 + i * 7 % 14));
  std::vector<tree::DecisionRequest> requests;
  for (const tree::Tree& tree : trees) {
    requests.push_back({&tree, Key("batch").With(requests.size())});
  }
  std::vector<tree::Decision> together(requests.size());
  policy.Decide(requests, together);
  for (size_t i = 0; i < requests.size(); ++i) {
    tree::Decision alone;
    policy.Decide({&requests[i], 1}, {&alone, 1});
    EXPECT_EQ(alone.action, together[i].action) << i;
    EXPECT_NEAR(alone.log_prob, together[i].log_prob, 1e-5) << i;
    EXPECT_NEAR(alone.value, together[i].value, 1e-4) << i;
  }
}

TEST(NetworkPolicyTest, ValuesAreInRewardUnits) {
  auto network = Network();
  const tree::Tree tree = AtTerminal();
  const tree::DecisionRequest request{&tree, Key("value")};
  tree::Decision before, after;
  NetworkPolicy policy(network, {});
  policy.Decide({&request, 1}, {&before, 1});
  network->set_returns({.mean = 4, .variance = 9, .count = 1});
  policy.Decide({&request, 1}, {&after, 1});
  EXPECT_NEAR(after.value, 4 + 3 * before.value, 1e-4);
}

TEST(NetworkPolicyTest, TemperatureMustBePositive) {
  EXPECT_THROW(NetworkPolicy(Network(), {.temperature = 0}), Error);
}

}  // namespace
}  // namespace pgts::policy
