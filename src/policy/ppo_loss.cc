// SPDX-License-Identifier: Apache-2.0
#include "policy/ppo_loss.h"

#include <torch/utils.h>

#include <algorithm>

namespace pgts::policy {

PpoLoss ComputePpoLoss(GpsNetwork& network, const Minibatch& minibatch, const PpoOptions& options,
                       double temperature) {
  const GpsNetwork::Output output = network.Forward(minibatch.trees);
  const torch::Tensor all_log_probs_BA = LogProbabilities(output.logits_BA, temperature);
  const torch::Tensor log_ratio_B =
      all_log_probs_BA.gather(1, minibatch.action_B1).squeeze(1) - minibatch.old_log_prob_B;
  const torch::Tensor ratio_B = log_ratio_B.exp();
  const torch::Tensor clipped_B = ratio_B.clamp(1 - options.clip_epsilon, 1 + options.clip_epsilon);
  const double unforced = std::max(1.0, minibatch.unforced);
  const auto mean_unforced = [&](const torch::Tensor& values_B) {
    return (values_B * minibatch.unforced_B).sum() / unforced;
  };

  const ReturnStatistics& returns = network.returns();
  const torch::Tensor target_B = (minibatch.value_target_B - returns.mean) / returns.Deviation();
  const torch::Tensor policy = -mean_unforced(
      torch::min(ratio_B * minibatch.advantage_B, clipped_B * minibatch.advantage_B));
  const torch::Tensor value = torch::mse_loss(output.value_B, target_B);
  const torch::Tensor entropy = mean_unforced(Entropy(all_log_probs_BA));
  PpoLoss loss{.total = policy + options.value_coeff * value - options.entropy_coeff * entropy,
               .policy = policy.item<double>(),
               .value = value.item<double>(),
               .entropy = entropy.item<double>()};

  torch::NoGradGuard no_grad;
  loss.approximate_kl = mean_unforced(ratio_B - 1 - log_ratio_B).item<double>();
  loss.clip_fraction =
      mean_unforced(((ratio_B - 1).abs() > options.clip_epsilon).to(ratio_B.scalar_type()))
          .item<double>();
  loss.max_log_ratio = log_ratio_B.abs().max().item<double>();
  return loss;
}

}  // namespace pgts::policy
