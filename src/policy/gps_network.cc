// SPDX-License-Identifier: Apache-2.0
#include "policy/gps_network.h"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/utils.h>

#include <cmath>
#include <limits>

#include "policy/tree_attention.h"

namespace pgts::policy {

GpsNetwork::GpsNetwork(const NetworkOptions& options, uint64_t seed)
    : options_(options),
      draws_(at::make_generator<at::CPUGeneratorImpl>(seed)),
      dropout_draws_(at::make_generator<at::CPUGeneratorImpl>(seed)) {
  CheckOptions(options, "policy network");
  const int64_t width = options.hidden_dim;
  input_ = AddAffine("input", width, tree::kNodeFeatures);
  global_input_ = AddAffine("global_input", width, tree::kGlobalFeatures);
  for (int i = 0; i < options.num_layers; ++i) {
    layers_.push_back(AddLayer("layers." + std::to_string(i)));
  }
  final_norm_ = AddNorm("final_norm");
  head_ = AddAffine("head", 2 * width, 2 * width + tree::kGlobalFeatures);
  policy_out_ = AddAffine("policy_out", tree::kActionCount, width, 0.01);
  value_out_ = AddAffine("value_out", 1, width, 0.01);
  eval();
}

GpsNetwork::Layer GpsNetwork::AddLayer(const std::string& name) {
  const int64_t width = options_.hidden_dim;
  const double branch_gain = 1 / std::sqrt(2.0 * options_.num_layers);
  Layer layer;
  layer.mix_norm = AddNorm(name + ".mix_norm");
  layer.project = AddAffine(name + ".project", 6 * width, width);
  layer.edge = AddAffine(name + ".edge", 2 * width, tree::kEdgeFeatures);
  layer.mix = AddAffine(name + ".mix", width, 2 * width, branch_gain);
  layer.ff_norm = AddNorm(name + ".ff_norm");
  layer.ff_in = AddAffine(name + ".ff_in", 2 * width, width);
  layer.ff_out = AddAffine(name + ".ff_out", width, 2 * width, branch_gain);
  return layer;
}

// Weights are normal with deviation gain / sqrt(fan-in), biases zero.
GpsNetwork::Affine GpsNetwork::AddAffine(const std::string& name, int64_t out, int64_t in,
                                         double gain) {
  torch::Tensor weight = torch::empty({out, in});
  weight.normal_(0, gain / std::sqrt(static_cast<double>(in)), draws_);
  return {Add(name + ".weight", weight), Add(name + ".bias", torch::zeros({out}))};
}

GpsNetwork::Norm GpsNetwork::AddNorm(const std::string& name) {
  const int64_t width = options_.hidden_dim;
  return {Add(name + ".gain", torch::ones({width})), Add(name + ".bias", torch::zeros({width}))};
}

torch::Tensor GpsNetwork::Add(const std::string& name, torch::Tensor value) {
  std::string parameter_name = name;  // LibTorch forbids dots in names
  for (char& c : parameter_name) c = c == '.' ? '_' : c;
  torch::Tensor weight = register_parameter(parameter_name, std::move(value));
  weights_.emplace_back(name, weight);
  return weight;
}

torch::Tensor GpsNetwork::Affine::operator()(const torch::Tensor& x) const {
  return torch::linear(x, weight, bias);
}

torch::Tensor GpsNetwork::Norm::operator()(const torch::Tensor& x) const {
  return torch::layer_norm(x, gain.sizes(), gain, bias);
}

torch::Tensor GpsNetwork::Activate(const torch::Tensor& x) const {
  return options_.activation == "relu" ? torch::relu(x) : torch::gelu(x);
}

torch::Tensor GpsNetwork::Drop(const torch::Tensor& x) {
  if (!is_training() || options_.dropout == 0) return x;
  const double keep = 1 - options_.dropout;
  torch::Tensor mask = torch::empty(x.sizes());
  mask.bernoulli_(keep, dropout_draws_);
  return x * mask.div_(keep).to(x.options());
}

torch::Tensor GpsNetwork::Local(const Layer& layer, const torch::Tensor& self_down_up_M3D,
                                const TreeBatch& batch) const {
  const auto parts = self_down_up_M3D.chunk(3, 1);
  const auto edges = layer.edge(batch.edge_EF).chunk(2, 1);
  const torch::Tensor down_ED = parts[1].index_select(0, batch.parent_E) + edges[0];
  const torch::Tensor up_ED = parts[2].index_select(0, batch.child_E) + edges[1];
  return Activate(parts[0]
                      .index_add(0, batch.child_E, Activate(down_ED))
                      .index_add(0, batch.parent_E, Activate(up_ED)));
}

torch::Tensor GpsNetwork::Readout(const torch::Tensor& x_MD, const TreeBatch& batch) const {
  const torch::Tensor mean_BD = torch::zeros({batch.trees, options_.hidden_dim}, x_MD.options())
                                    .index_add(0, batch.tree_M, x_MD) /
                                batch.nodes_B1;
  return torch::cat({x_MD.index_select(0, batch.current_B), mean_BD, batch.global_BF}, 1);
}

GpsNetwork::Output GpsNetwork::Forward(const TreeBatch& batch) {
  const int64_t width = options_.hidden_dim;
  torch::Tensor x_MD =
      input_(batch.node_MF) + global_input_(batch.global_BF).index_select(0, batch.tree_M);
  for (const Layer& layer : layers_) {
    const auto parts = layer.project(layer.mix_norm(x_MD)).split(3 * width, 1);
    const torch::Tensor branches = torch::cat(
        {Local(layer, parts[1], batch), TreeAttention(parts[0], options_.num_heads, batch)}, 1);
    x_MD = x_MD + Drop(layer.mix(branches));
    x_MD = x_MD + Drop(layer.ff_out(Activate(layer.ff_in(layer.ff_norm(x_MD)))));
  }
  const auto hidden = Activate(head_(Readout(final_norm_(x_MD), batch))).chunk(2, 1);
  return {.logits_BA = policy_out_(hidden[0]).masked_fill(batch.illegal_BA,
                                                          -std::numeric_limits<double>::infinity()),
          .value_B = value_out_(hidden[1]).squeeze(1)};
}

void GpsNetwork::RescaleValues(const ReturnStatistics& statistics) {
  torch::NoGradGuard no_grad;
  const double ratio = returns_.Deviation() / statistics.Deviation();
  value_out_.weight.mul_(ratio);
  value_out_.bias.mul_(ratio).add_((returns_.mean - statistics.mean) / statistics.Deviation());
  returns_ = statistics;
}

torch::Tensor LogProbabilities(const torch::Tensor& logits_BA, double temperature) {
  return torch::log_softmax(logits_BA / temperature, 1);
}

torch::Tensor Entropy(const torch::Tensor& log_probabilities_BA) {
  const torch::Tensor finite = log_probabilities_BA.masked_fill(log_probabilities_BA.isinf(), 0.0);
  return -(log_probabilities_BA.exp() * finite).sum(1);
}

}  // namespace pgts::policy
