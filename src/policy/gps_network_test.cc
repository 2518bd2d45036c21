// SPDX-License-Identifier: Apache-2.0
#include "policy/gps_network.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "policy/toy_world.h"

namespace pgts::policy {
namespace {

// Trees of all sizes, as they stood before the decisions of uniform searches.
std::vector<tree::TreeFeatures> SomeTrees() {
  UniformToyPolicy policy;
  std::vector<tree::TreeFeatures> out;
  for (const auto& trajectory : SearchToyWorld({}, policy, 12, Key("network-test"))) {
    for (const auto& step : trajectory.steps) out.push_back(step.features);
  }
  return out;
}

TreeBatch Batch(const std::vector<tree::TreeFeatures>& trees) {
  std::vector<const tree::TreeFeatures*> pointers;
  for (const auto& features : trees) pointers.push_back(&features);
  return MakeTreeBatch(pointers);
}

// A network whose heads say something: they start close to zero.
GpsNetwork Network(NetworkOptions options = {.hidden_dim = 32, .num_layers = 2, .num_heads = 4}) {
  GpsNetwork network(options, 7);
  torch::NoGradGuard no_grad;
  for (const auto& [name, weight] : network.Weights()) {
    if (name == "policy_out.weight" || name == "value_out.weight") weight.mul_(100);
  }
  return network;
}

double LargestDifference(const torch::Tensor& a, const torch::Tensor& b) {
  return (a - b).abs().nan_to_num(0).max().item<double>();  // -inf less -inf is no difference
}

TEST(GpsNetworkTest, IllegalActionsHaveProbabilityZero) {
  torch::NoGradGuard no_grad;
  const auto trees = SomeTrees();
  const torch::Tensor probabilities =
      LogProbabilities(Network().Forward(Batch(trees)).logits_BA, 0.8).exp();
  int illegal = 0;
  for (size_t b = 0; b < trees.size(); ++b) {
    double sum = 0;
    for (tree::Action action : tree::kActions) {
      const float p = probabilities[b][static_cast<int>(action)].item<float>();
      sum += p;
      if (trees[b].legal.Has(action)) continue;
      ++illegal;
      EXPECT_EQ(p, 0.0F);
    }
    EXPECT_NEAR(sum, 1, 1e-5);
  }
  EXPECT_GT(illegal, 20);
}

TEST(GpsNetworkTest, OtherTreesAndPaddingChangeNothing) {
  torch::NoGradGuard no_grad;
  GpsNetwork network = Network();
  const auto trees = SomeTrees();
  const GpsNetwork::Output together = network.Forward(Batch(trees));
  for (size_t b = 0; b < trees.size(); ++b) {
    const GpsNetwork::Output alone = network.Forward(Batch({trees[b]}));
    EXPECT_LT(LargestDifference(alone.logits_BA[0], together.logits_BA[b]), 1e-5) << b;
    EXPECT_LT(LargestDifference(alone.value_B[0], together.value_B[b]), 1e-5) << b;
  }
}

tree::TreeFeatures Permuted(const tree::TreeFeatures& features, const std::vector<int>& to) {
  tree::TreeFeatures out = features;
  out.current = to[features.current];
  for (int i = 0; i < features.nodes; ++i) {
    out.parent[to[i]] = features.parent[i] < 0 ? -1 : to[features.parent[i]];
    std::copy_n(&features.node[i * tree::kNodeFeatures], tree::kNodeFeatures,
                &out.node[to[i] * tree::kNodeFeatures]);
    std::copy_n(&features.edge[i * tree::kEdgeFeatures], tree::kEdgeFeatures,
                &out.edge[to[i] * tree::kEdgeFeatures]);
  }
  return out;
}

TEST(GpsNetworkTest, PermutingNodesChangesNothing) {
  torch::NoGradGuard no_grad;
  GpsNetwork network = Network();
  const auto trees = SomeTrees();
  auto permuted = trees;
  RandomStream stream(Key("permutation"));
  for (auto& features : permuted) {
    std::vector<int> to(features.nodes);
    std::iota(to.begin(), to.end(), 0);
    stream.Shuffle(std::span(to));
    features = Permuted(features, to);
  }
  const GpsNetwork::Output a = network.Forward(Batch(trees)), b = network.Forward(Batch(permuted));
  EXPECT_LT(LargestDifference(a.logits_BA, b.logits_BA), 1e-5);
  EXPECT_LT(LargestDifference(a.value_B, b.value_B), 1e-5);
}

// Every node's features, and every edge's, reach the readout: through attention or over the edges.
TEST(GpsNetworkTest, SeesEveryNodeAndEdge) {
  torch::NoGradGuard no_grad;
  GpsNetwork network = Network();
  const auto trees = SomeTrees();
  const auto& tree = *std::max_element(
      trees.begin(), trees.end(), [](const auto& a, const auto& b) { return a.nodes < b.nodes; });
  const torch::Tensor before = network.Forward(Batch({tree})).value_B;
  for (int i = 0; i < tree.nodes; ++i) {
    tree::TreeFeatures other = tree;
    other.node[i * tree::kNodeFeatures] += 1;
    EXPECT_GT(LargestDifference(before, network.Forward(Batch({other})).value_B), 1e-5) << i;
    if (tree.parent[i] < 0) continue;
    other = tree;
    other.edge[i * tree::kEdgeFeatures] += 1;
    EXPECT_GT(LargestDifference(before, network.Forward(Batch({other})).value_B), 1e-5) << i;
  }
}

// With attention's and the mean's contributions equal, only the messages know who is whose parent.
TEST(GpsNetworkTest, SeesWhoseChildANodeIs) {
  torch::NoGradGuard no_grad;
  GpsNetwork network = Network();
  for (const auto& features : SomeTrees()) {
    if (features.nodes < 4) continue;
    tree::TreeFeatures other = features;
    const int moved = features.nodes - 1;
    other.parent[moved] = features.parent[moved] == 0 ? 1 : 0;
    EXPECT_GT(LargestDifference(network.Forward(Batch({features})).value_B,
                                network.Forward(Batch({other})).value_B),
              1e-6);
  }
}

TEST(GpsNetworkTest, ALoneRootIsATree) {
  torch::NoGradGuard no_grad;
  const GpsNetwork::Output output = Network().Forward(Batch({tree::ReadFeatures(tree::Tree({}))}));
  EXPECT_TRUE(std::isfinite(output.value_B[0].item<float>()));
  EXPECT_EQ(LogProbabilities(output.logits_BA, 1)[0][0].item<float>(), 0) << "Expand is forced";
}

TEST(GpsNetworkTest, DropoutActsInTrainModeOnly) {
  torch::NoGradGuard no_grad;
  GpsNetwork network = Network();
  const TreeBatch batch = Batch(SomeTrees());
  const torch::Tensor plain = network.Forward(batch).value_B;
  const torch::Tensor again = network.Forward(batch).value_B;
  EXPECT_TRUE(torch::equal(plain, again)) << LargestDifference(plain, again) << plain << again;
  network.train();
  network.SeedDropout(1);
  const torch::Tensor dropped = network.Forward(batch).value_B;
  EXPECT_GT(LargestDifference(plain, dropped), 1e-3);
  EXPECT_FALSE(torch::equal(dropped, network.Forward(batch).value_B));
  network.SeedDropout(1);
  EXPECT_TRUE(torch::equal(dropped, network.Forward(batch).value_B)) << "named draws";
}

TEST(GpsNetworkTest, SeedsNameTheWeights) {
  const NetworkOptions options{.hidden_dim = 16, .num_layers = 1, .num_heads = 2};
  GpsNetwork a(options, 1), b(options, 1), c(options, 2);
  EXPECT_TRUE(torch::equal(a.Weights()[0].second, b.Weights()[0].second));
  EXPECT_FALSE(torch::equal(a.Weights()[0].second, c.Weights()[0].second));
}

TEST(GpsNetworkTest, StartsNearUniform) {
  torch::NoGradGuard no_grad;
  GpsNetwork network({}, 3);
  const auto trees = SomeTrees();
  const torch::Tensor entropies =
      Entropy(LogProbabilities(network.Forward(Batch(trees)).logits_BA, 1));
  for (size_t b = 0; b < trees.size(); ++b) {
    EXPECT_NEAR(entropies[b].item<double>(), std::log(trees[b].legal.Count()), 1e-3);
  }
}

TEST(GpsNetworkTest, RescalingKeepsValuesInRewardUnits) {
  torch::NoGradGuard no_grad;
  GpsNetwork network = Network();
  const TreeBatch batch = Batch(SomeTrees());
  const auto values = [&] {
    return network.Forward(batch).value_B * network.returns().Deviation() + network.returns().mean;
  };
  const torch::Tensor before = values();
  network.RescaleValues({.mean = 3, .variance = 25, .count = 10});
  EXPECT_LT(LargestDifference(before, values()), 1e-4);
  EXPECT_EQ(network.returns().mean, 3);
}

TEST(GpsNetworkTest, ImpossibleShapesAreErrors) {
  EXPECT_THROW(GpsNetwork({.hidden_dim = 30, .num_heads = 4}), Error);
  EXPECT_THROW(GpsNetwork({.activation = "tanh"}), Error);
}

}  // namespace
}  // namespace pgts::policy
