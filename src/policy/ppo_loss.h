// SPDX-License-Identifier: Apache-2.0
// PPO's loss on one minibatch (Schulman et al., "Proximal Policy Optimization Algorithms", 2017).
//
//   ratio_i = exp(log pi(a_i | s_i) - old_log_prob_i)
//   policy  = - mean over unforced i of min(ratio_i A_i, clip(ratio_i, 1 - eps, 1 + eps) A_i)
//   value   = mean over all i of (v_i - target_i)^2,  both of normalised returns
//   entropy = mean over unforced i of the entropy of pi(. | s_i)
//   total   = policy + value_coeff * value - entropy_coeff * entropy
#pragma once

#include "policy/gps_network.h"
#include "policy/minibatch.h"

namespace pgts::policy {

struct PpoLoss {
  torch::Tensor total;  // scalar, carries the gradient
  double policy = 0;
  double value = 0;
  double entropy = 0;
  double approximate_kl = 0;  // mean of (ratio - 1) - log ratio, unforced (Schulman's k3)
  double clip_fraction = 0;   // share of unforced decisions outside the clip range
  double max_log_ratio = 0;   // largest |log ratio|
};

// `temperature` is the one that the actions were sampled at.
PpoLoss ComputePpoLoss(GpsNetwork& network, const Minibatch& minibatch, const PpoOptions& options,
                       double temperature);

}  // namespace pgts::policy
