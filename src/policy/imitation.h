// SPDX-License-Identifier: Apache-2.0
// Warm start: the network learns to decide as a teacher did (a threshold heuristic over the same
// four actions) before PPO takes over.
//
//   loss = mean over unforced decisions of cross-entropy(target, pi(. | s) at the temperature)
//          + value_coeff * mean of (v - normalised discounted return)^2
//
// where target gives the teacher's action 1 - label_smoothing and spreads the rest over the legal
// ones. Dropout acts here and nowhere else. Trajectories are split whole, by the seed, into those
// that train and those that measure. Same trajectories and seed: the same weights.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "policy/options.h"
#include "tree/trajectory.h"

namespace pgts::policy {

class GpsNetwork;

struct ImitationSetup {
  ImitationOptions options;
  RewardOptions rewards;
  double temperature = 0.8;  // that PPO will sample at
  uint64_t seed = 0;
  std::function<void(int epoch, double loss)> after_epoch = {};  // for progress
};

struct ImitationStats {
  int training_decisions = 0, held_out_decisions = 0;  // unforced ones
  double training_loss = 0;                            // of the last epoch, with dropout
  // Share of unforced decisions whose most probable action is the teacher's; 0 if there are none.
  double held_out_agreement = 0;
  double held_out_explained_variance = 0;  // of the discounted returns by the value head
};

// Trajectories must hold features and grades; their recorded values and log-probs are not used.
ImitationStats Imitate(GpsNetwork& network, std::span<const tree::Trajectory> trajectories,
                       const ImitationSetup& setup);

}  // namespace pgts::policy
