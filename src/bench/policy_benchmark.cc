// SPDX-License-Identifier: Apache-2.0
// A batch of 16 decisions of the policy, by the size of the trees and of the network.
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "policy/gps_network.h"
#include "policy/network_policy.h"
#include "tree/tree.h"

namespace pgts::policy {
namespace {

// A chain to the greatest depth, then siblings, up the tree again.
tree::Tree Grow(int nodes) {
  tree::Tree tree({.max_nodes = nodes + 1});
  for (int i = 0; i < nodes; ++i) {
    while (!tree.Legal().Has(tree::Action::kExpand) && !tree.Legal().Has(tree::Action::kBranch)) {
      tree.Apply(tree::Action::kBacktrack);
    }
    const auto action =
        tree.Legal().Has(tree::Action::kExpand) ? tree::Action::kExpand : tree::Action::kBranch;
    tree.Apply(action, {.tokens = 20, .log_prob = -5, .text_hash = static_cast<uint64_t>(i)});
  }
  return tree;
}

void Decide(benchmark::State& state) {
  constexpr int kTrees = 16;
  NetworkPolicy policy(std::make_shared<GpsNetwork>(
                           NetworkOptions{.hidden_dim = static_cast<int>(state.range(1)),
                                          .num_layers = static_cast<int>(state.range(2)),
                                          .num_heads = static_cast<int>(state.range(1)) / 64}),
                       {});
  const tree::Tree tree = Grow(static_cast<int>(state.range(0)));
  const std::vector<tree::DecisionRequest> requests(kTrees, {&tree, Key("bench")});
  std::vector<tree::Decision> decisions(kTrees);
  for (auto unused : state) policy.Decide(requests, decisions);
  state.SetItemsProcessed(state.iterations() * kTrees);
}
BENCHMARK(Decide)
    ->ArgNames({"nodes", "width", "layers"})
    ->Args({10, 128, 2})
    ->Args({40, 128, 2})
    ->Args({40, 512, 4});

}  // namespace
}  // namespace pgts::policy
