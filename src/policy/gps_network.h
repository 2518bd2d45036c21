// SPDX-License-Identifier: Apache-2.0
// The policy network: a small graph transformer that reads a search tree and says which action to
// take and what the search is worth from here.
//
//   x = node features · W + global features · Wg      (structural encodings are among the first)
//   per layer:  h = norm(x);  x += Wmix [local(h) ; attention(h)]
//               h = norm(x);  x += Wout act(Win h)
//   readout:    [norm(x) at the current node ; its mean over the tree ; global features]
//               -> act(W ·) -> four logits, and beside it one value
//
// Every node is told the global features from the first layer on: what a score means for the next
// action depends on the price of a token and on what is left. In the readout alone, eleven of some
// hundreds of inputs, the price was not learnt.
//
// Layers after GPS (Rampasek et al., "Recipe for a General, Powerful, Scalable Graph Transformer",
// NeurIPS 2022): message passing on the edges beside attention over all nodes. The message is
// GINE's (Hu et al., ICLR 2020) with weights of its own for each direction of an edge:
//   local(h)_v = act(Wself h_v + act(Wdown h_parent(v) + Edown e_v)
//                              + sum over children c of act(Wup h_c + Eup e_c))
// Unlike the paper's: LayerNorm, because a batch's composition must not matter; before the branch
// instead of after it, which trains without warm-up; and the two branches share one product.
//
// The value head speaks of normalised returns; `returns()` leads back to reward units.
// Several threads may share a network only under NoGradGuard.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "policy/options.h"
#include "policy/return_statistics.h"
#include "policy/tree_batch.h"

namespace pgts::policy {

class GpsNetwork : public torch::nn::Module {
 public:
  // Random weights from `seed`; the policy starts uniform over the legal actions to about 1 %.
  // Throws Error for options that no network can have.
  explicit GpsNetwork(const NetworkOptions& options, uint64_t seed = 0);

  const NetworkOptions& options() const { return options_; }
  torch::Device device() const { return value_out_.weight.device(); }

  struct Output {
    torch::Tensor logits_BA;  // -inf where the action is illegal
    torch::Tensor value_B;    // of the normalised return
  };
  // The batch must be on the network's device and in its float type (TreeBatch::To).
  Output Forward(const TreeBatch& batch);

  const ReturnStatistics& returns() const { return returns_; }
  // Takes other statistics without changing what the value head says in reward units (PopArt, van
  // Hasselt et al., NeurIPS 2016).
  void RescaleValues(const ReturnStatistics& statistics);
  // Takes statistics together with the weights that belong to them.
  void set_returns(const ReturnStatistics& statistics) { returns_ = statistics; }

  // Dropout acts only while the module is in train mode, which is not its default; its masks are
  // drawn from this seed on.
  void SeedDropout(uint64_t seed) { dropout_draws_.set_current_seed(seed); }

  // Every weight under its name in files, in a fixed order; the tensors share the network's memory.
  const std::vector<std::pair<std::string, torch::Tensor>>& Weights() const { return weights_; }

 private:
  struct Affine {
    torch::Tensor weight, bias;
    torch::Tensor operator()(const torch::Tensor& x) const;
  };
  struct Norm {
    torch::Tensor gain, bias;
    torch::Tensor operator()(const torch::Tensor& x) const;
  };
  struct Layer {
    Norm mix_norm;
    Affine project;  // D -> 6 D: query, key, value, self, down, up
    Affine edge;     // F -> 2 D: down, up
    Affine mix;      // 2 D -> D
    Norm ff_norm;
    Affine ff_in, ff_out;
  };

  Affine AddAffine(const std::string& name, int64_t out, int64_t in, double gain = 1);
  Norm AddNorm(const std::string& name);
  torch::Tensor Add(const std::string& name, torch::Tensor value);
  Layer AddLayer(const std::string& name);
  torch::Tensor Activate(const torch::Tensor& x) const;
  torch::Tensor Drop(const torch::Tensor& x);
  torch::Tensor Local(const Layer& layer, const torch::Tensor& self_down_up_M3D,
                      const TreeBatch& batch) const;
  torch::Tensor Readout(const torch::Tensor& x_MD, const TreeBatch& batch) const;

  NetworkOptions options_;
  torch::Generator draws_;  // of the initial weights
  torch::Generator dropout_draws_;
  ReturnStatistics returns_;
  std::vector<std::pair<std::string, torch::Tensor>> weights_;
  std::vector<Layer> layers_;
  Affine input_, global_input_;
  Norm final_norm_;
  Affine head_;  // 2 D + F -> 2 D: hidden layer of the policy, hidden layer of the value
  Affine policy_out_, value_out_;
};

// log pi(a | tree) at the sampling temperature, -inf where illegal. Rollouts and PPO must agree to
// the last bits, so both call this.
torch::Tensor LogProbabilities(const torch::Tensor& logits_BA, double temperature);

// Entropy of each row in nats; illegal actions count as nothing.
torch::Tensor Entropy(const torch::Tensor& log_probabilities_BA);

}  // namespace pgts::policy
