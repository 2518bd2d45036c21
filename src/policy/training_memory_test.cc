// SPDX-License-Identifier: Apache-2.0
#include "policy/training_memory.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include <memory>
#include <vector>

#include "model/allocation_meter.h"
#include "policy/gps_network.h"
#include "policy/toy_world.h"

namespace pgts::policy {
namespace {

constexpr NetworkOptions kOptions{.hidden_dim = 64, .num_layers = 3, .num_heads = 4};

TEST(PolicyMemoryTest, CountsTheNetworksWeights) {
  GpsNetwork network(kOptions);
  int64_t weights = 0;
  for (const auto& [name, weight] : network.Weights()) weights += weight.numel();
  EXPECT_EQ(CountWeights(kOptions), weights);
}

TEST(PolicyMemoryTest, ActivationsAreThoseThatLibTorchAllocates) {
  UniformToyPolicy policy;
  const auto searches = SearchToyWorld({}, policy, 60, Key("policy-memory"));
  std::vector<const tree::TreeFeatures*> trees;
  for (const tree::Trajectory& search : searches) {
    for (const auto& step : search.steps) trees.push_back(&step.features);
  }
  const TreeBatch batch = MakeTreeBatch(trees);
  GpsNetwork network(kOptions);
  const auto step = [&] {
    const GpsNetwork::Output output = network.Forward(batch);
    output.value_B.sum().backward();
  };
  step();  // from here on the gradients have their memory
  const auto measured = static_cast<double>(model::PeakAllocation(step));
  const auto planned = static_cast<double>(PolicyMemoryOf(kOptions, batch.node_MF.size(0)).scratch);
  EXPECT_NEAR(planned / measured, 1, 0.15)
      << measured / 1e6 << " MB measured, " << planned / 1e6 << " planned";
}

}  // namespace
}  // namespace pgts::policy
