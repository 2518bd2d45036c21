// SPDX-License-Identifier: Apache-2.0
#include "policy/ppo.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "base/error.h"
#include "policy/optimiser.h"
#include "policy/ppo_loss.h"
#include "policy/returns.h"

namespace pgts::policy {
namespace {

double Return(const tree::Trajectory& trajectory, const RewardOptions& options) {
  const std::vector<double> rewards = Rewards(trajectory, options);
  return std::accumulate(rewards.begin(), rewards.end(), 0.0);
}

// Of each trajectory, its return above the mean of its group's others.
std::vector<double> GroupAdvantages(std::span<const tree::Trajectory> trajectories,
                                    const PpoSetup& setup) {
  std::vector<double> advantages;
  const auto group = static_cast<size_t>(setup.group);
  for (size_t begin = 0; begin < trajectories.size(); begin += group) {
    std::vector<double> returns;
    for (size_t i = begin; i < std::min(begin + group, trajectories.size()); ++i) {
      returns.push_back(Return(trajectories[i], setup.rewards));
    }
    const std::vector<double> above = LeaveOneOut(returns);
    advantages.insert(advantages.end(), above.begin(), above.end());
  }
  return advantages;
}

std::vector<DecisionRow> CollectRows(std::span<const tree::Trajectory> trajectories,
                                     const PpoSetup& setup) {
  std::vector<double> of_group;
  if (setup.ppo.baseline == "leave_one_out") of_group = GroupAdvantages(trajectories, setup);
  std::vector<DecisionRow> rows;
  for (size_t i = 0; i < trajectories.size(); ++i) {
    const Advantages estimate = EstimateAdvantages(trajectories[i], setup.rewards);
    std::vector<DecisionRow> own = RowsOf(trajectories[i]);
    for (size_t t = 0; t < own.size(); ++t) {
      own[t].advantage =
          of_group.empty() ? estimate.advantages[t] : static_cast<float>(of_group[i]);
      own[t].value_target = estimate.returns[t];
    }
    rows.insert(rows.end(), own.begin(), own.end());
  }
  return rows;
}

double Variance(std::span<const double> values) {
  const double n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double sum = 0;
  for (double value : values) sum += (value - mean) * (value - mean);
  return sum / n;
}

double ExplainedVariance(std::span<const DecisionRow> rows) {
  std::vector<double> targets, errors;
  for (const DecisionRow& row : rows) {
    targets.push_back(row.value_target);
    errors.push_back(row.value_target - row.old_value);
  }
  const double variance = Variance(targets);
  return variance > 0 ? 1 - Variance(errors) / variance : 0;
}

void Describe(std::span<const tree::Trajectory> trajectories, std::span<const DecisionRow> rows,
              const RewardOptions& options, PpoStats& stats) {
  stats.trajectories = static_cast<int>(trajectories.size());
  stats.decisions = static_cast<int>(rows.size());
  for (const tree::Trajectory& trajectory : trajectories) {
    stats.return_mean += Return(trajectory, options) / stats.trajectories;
  }
  for (const DecisionRow& row : rows) {
    stats.unforced += row.forced ? 0 : 1;
    stats.action_mix[static_cast<int>(row.action)] += 1.0 / stats.decisions;
  }
  stats.explained_variance = ExplainedVariance(rows);
}

// Sums over the minibatches of one epoch.
struct EpochSums {
  double minibatches = 0, policy = 0, value = 0, entropy = 0, norm = 0, kl = 0, clipped = 0;

  void Add(const PpoLoss& loss, double gradient_norm) {
    ++minibatches;
    policy += loss.policy;
    value += loss.value;
    entropy += loss.entropy;
    norm += gradient_norm;
    kl += loss.approximate_kl;
    clipped += loss.clip_fraction;
  }
};

void AddEpoch(const EpochSums& sums, PpoStats& stats) {
  // The running mean over epochs: each has the same number of minibatches.
  const double weight = 1.0 / ++stats.epochs;
  const auto blend = [&](double& mean, double sum) {
    mean += weight * (sum / sums.minibatches - mean);
  };
  blend(stats.policy_loss, sums.policy);
  blend(stats.value_loss, sums.value);
  blend(stats.entropy, sums.entropy);
  blend(stats.gradient_norm, sums.norm);
  stats.approximate_kl = sums.kl / sums.minibatches;
  stats.clip_fraction = sums.clipped / sums.minibatches;
}

}  // namespace

PpoTrainer::PpoTrainer(std::shared_ptr<GpsNetwork> network, PpoSetup setup)
    : network_(std::move(network)),
      setup_(std::move(setup)),
      optimiser_(std::make_unique<Optimiser>(
          *network_, model::AdamWRecipe{.learning_rate = setup_.ppo.learning_rate,
                                        .beta2 = 0.999,
                                        .weight_decay = setup_.ppo.weight_decay,
                                        .warmup_ratio = 0,
                                        .floor_ratio = 1,  // a constant rate
                                        .max_grad_norm = setup_.ppo.max_grad_norm})) {}

PpoTrainer::~PpoTrainer() = default;

PpoStats PpoTrainer::Update(std::span<const tree::Trajectory> trajectories) {
  std::vector<DecisionRow> rows = CollectRows(trajectories, setup_);
  if (rows.empty()) throw Error::Format("an iteration of PPO was given no decisions");
  PpoStats stats;
  Describe(trajectories, rows, setup_.rewards, stats);
  NormaliseAdvantages(rows);
  std::vector<float> targets;
  for (const DecisionRow& row : rows) targets.push_back(row.value_target);
  ReturnStatistics returns = network_->returns();
  returns.Merge(targets);
  network_->RescaleValues(returns);

  const Key draws = Key("minibatch-order").With(setup_.seed).With(iteration_);
  for (int epoch = 0; epoch < setup_.ppo.ppo_epochs; ++epoch) {
    EpochSums sums;
    for (const auto& picks :
         MinibatchOrder(static_cast<int>(rows.size()), setup_.ppo.batch_size, draws.With(epoch))) {
      const Minibatch minibatch =
          MakeMinibatch(rows, picks).To(network_->device(), torch::kFloat32);
      const PpoLoss loss = ComputePpoLoss(*network_, minibatch, setup_.ppo, setup_.temperature);
      if (epoch == 0 && sums.minibatches == 0) stats.first_max_log_ratio = loss.max_log_ratio;
      sums.Add(loss, optimiser_->Step(loss.total));
    }
    AddEpoch(sums, stats);
    if (setup_.ppo.target_kl > 0 && stats.approximate_kl > setup_.ppo.target_kl) break;
  }
  ++iteration_;
  return stats;
}

}  // namespace pgts::policy
