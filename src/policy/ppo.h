// SPDX-License-Identifier: Apache-2.0
// Proximal policy optimisation on finished searches. One Update is one iteration:
//   1. rewards of every trajectory, and advantages: GAE with the values recorded by the policy, or
//      the return of the whole search above the mean of its group's others (returns.h);
//   2. advantages normalised once, over unforced decisions; return statistics brought up to date;
//   3. ppo_epochs passes in minibatches (ppo_loss.h), gradients clipped to max_grad_norm.
// A forced decision (one legal action) counts in GAE and the value loss only.
// The trajectories must come from this network as it stands: same weights, temperature
// `temperature`, sampled, with features recorded, graded. `first_max_log_ratio` says whether they
// did. The order of minibatches is drawn from (seed, iteration, epoch), so a resumed run repeats
// it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "policy/options.h"
#include "tree/trajectory.h"

namespace pgts::policy {

class GpsNetwork;

struct PpoSetup {
  PpoOptions ppo;
  RewardOptions rewards;
  double temperature = 0.8;  // search.temperature
  uint64_t seed = 0;         // of the training run
  int group = 1;  // trajectories in a row that are searches of one problem, world and terms
};

struct PpoStats {
  int trajectories = 0, decisions = 0, unforced = 0;
  double return_mean = 0;         // undiscounted rewards of a search, mean over searches
  double explained_variance = 0;  // of the returns by the recorded values; 1 is perfect, 0 is none
  std::array<double, tree::kActionCount> action_mix{};  // shares of all decisions
  // Means over the minibatches of all epochs.
  double policy_loss = 0, value_loss = 0, entropy = 0, gradient_norm = 0;  // norm before clipping
  // Means over the minibatches of the last epoch.
  double approximate_kl = 0, clip_fraction = 0;
  double first_max_log_ratio = 0;  // first minibatch, before any step: rounding only, <= 1e-5
  int epochs = 0;                  // passes made: fewer than ppo_epochs when target_kl stopped them
};

class Optimiser;

class PpoTrainer {
 public:
  PpoTrainer(std::shared_ptr<GpsNetwork> network, PpoSetup setup);
  ~PpoTrainer();

  // Throws Error when the losses are no longer finite, and leaves weights as they were then.
  PpoStats Update(std::span<const tree::Trajectory> trajectories);

  int64_t iteration() const { return iteration_; }  // Updates made
  const PpoSetup& setup() const { return setup_; }
  GpsNetwork& network() { return *network_; }
  const GpsNetwork& network() const { return *network_; }

  // For checkpoints (policy/checkpoint.h).
  Optimiser& optimiser() { return *optimiser_; }
  const Optimiser& optimiser() const { return *optimiser_; }
  void set_iteration(int64_t iteration) { iteration_ = iteration; }

 private:
  std::shared_ptr<GpsNetwork> network_;
  PpoSetup setup_;
  std::unique_ptr<Optimiser> optimiser_;
  int64_t iteration_ = 0;
};

}  // namespace pgts::policy
