// SPDX-License-Identifier: Apache-2.0
#include "policy/network_policy.h"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "base/error.h"
#include "policy/gps_network.h"

namespace pgts::policy {
namespace {

// Trees of similar size share a pass, so that little of its attention is padding.
constexpr size_t kTreesPerPass = 64;

// The action whose share of [0, 1) holds `uniform`. An action of probability 0 has no share.
tree::Action Draw(const std::array<float, tree::kActionCount>& probabilities, double uniform) {
  const double total = std::accumulate(probabilities.begin(), probabilities.end(), 0.0);
  double left = uniform * total;
  int last = 0;
  for (int a = 0; a < tree::kActionCount; ++a) {
    if (probabilities[a] <= 0) continue;
    last = a;
    left -= probabilities[a];
    if (left < 0) break;
  }
  return static_cast<tree::Action>(last);
}

tree::Decision MakeDecision(const float* log_probabilities, double value, const DecisionRule& rule,
                            const Key& draw) {
  tree::Decision out{.value = static_cast<float>(value)};
  for (int a = 0; a < tree::kActionCount; ++a) {
    out.probabilities[a] = std::exp(log_probabilities[a]);
  }
  if (rule.greedy) {
    const auto best = std::max_element(log_probabilities, log_probabilities + tree::kActionCount);
    out.action = static_cast<tree::Action>(best - log_probabilities);
  } else {
    out.action = Draw(out.probabilities, draw.Uniform(0));
    out.log_prob = log_probabilities[static_cast<int>(out.action)];
  }
  return out;
}

}  // namespace

NetworkPolicy::NetworkPolicy(std::shared_ptr<GpsNetwork> network, DecisionRule rule)
    : network_(std::move(network)), rule_(rule) {
  if (!(rule.temperature > 0)) {
    throw Error::Format("search.temperature = {} is not above 0", rule.temperature);
  }
}

int64_t NetworkPolicy::parameters() const {
  int64_t count = 0;
  for (const auto& [name, weight] : network_->Weights()) count += weight.numel();
  return count;
}

void NetworkPolicy::Decide(std::span<const tree::DecisionRequest> requests,
                           std::span<tree::Decision> decisions) {
  torch::InferenceMode inference;
  std::vector<tree::TreeFeatures> features;
  features.reserve(requests.size());
  for (const auto& request : requests) features.push_back(tree::ReadFeatures(*request.tree));
  std::vector<size_t> order(requests.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return features[a].nodes < features[b].nodes; });

  for (size_t first = 0; first < order.size(); first += kTreesPerPass) {
    const auto pass =
        std::span(order).subspan(first, std::min(kTreesPerPass, order.size() - first));
    std::vector<const tree::TreeFeatures*> trees;
    for (size_t i : pass) trees.push_back(&features[i]);
    const TreeBatch batch = MakeTreeBatch(trees).To(network_->device(), torch::kFloat32);
    const GpsNetwork::Output output = network_->Forward(batch);
    const torch::Tensor log_probabilities =
        LogProbabilities(output.logits_BA, rule_.temperature).cpu().contiguous();
    const torch::Tensor values = output.value_B.cpu().contiguous();
    for (size_t row = 0; row < pass.size(); ++row) {
      const float* const logs = log_probabilities.data_ptr<float>() + row * tree::kActionCount;
      const double value = network_->returns().Denormalise(values.data_ptr<float>()[row]);
      decisions[pass[row]] = MakeDecision(logs, value, rule_, requests[pass[row]].draw);
    }
  }
}

}  // namespace pgts::policy
