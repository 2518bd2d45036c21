// SPDX-License-Identifier: Apache-2.0
#include "policy/imitation.h"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "policy/gps_network.h"
#include "policy/minibatch.h"
#include "policy/optimiser.h"
#include "policy/returns.h"

namespace pgts::policy {
namespace {

struct Split {
  std::vector<DecisionRow> training, held_out;
};

Split SplitTrajectories(std::span<const tree::Trajectory> trajectories,
                        const ImitationSetup& setup) {
  std::vector<int> order(trajectories.size());
  std::iota(order.begin(), order.end(), 0);
  RandomStream stream(Key("imitation-split").With(setup.seed));
  stream.Shuffle(std::span(order));
  const auto held_out = static_cast<size_t>(
      std::floor(setup.options.held_out_fraction * static_cast<double>(order.size())));
  Split split;
  for (size_t i = 0; i < order.size(); ++i) {
    const tree::Trajectory& trajectory = trajectories[order[i]];
    const std::vector<float> returns = DiscountedReturns(trajectory, setup.rewards);
    std::vector<DecisionRow> rows = RowsOf(trajectory);
    for (size_t t = 0; t < rows.size(); ++t) rows[t].value_target = returns[t];
    auto& part = i < held_out ? split.held_out : split.training;
    part.insert(part.end(), rows.begin(), rows.end());
  }
  return split;
}

// Cross-entropy against the smoothed teacher, one number a row; forced rows give 0.
torch::Tensor CrossEntropy(const torch::Tensor& log_probs_BA, const Minibatch& minibatch,
                           double smoothing) {
  const torch::Tensor legal_BA = minibatch.trees.illegal_BA.logical_not();
  const torch::Tensor finite_BA = log_probs_BA.masked_fill(minibatch.trees.illegal_BA, 0.0);
  const torch::Tensor chosen_B = finite_BA.gather(1, minibatch.action_B1).squeeze(1);
  const torch::Tensor mean_legal_B = finite_BA.sum(1) / legal_BA.sum(1);
  return -((1 - smoothing) * chosen_B + smoothing * mean_legal_B) * minibatch.unforced_B;
}

torch::Tensor Loss(GpsNetwork& network, const Minibatch& minibatch, const ImitationSetup& setup) {
  const GpsNetwork::Output output = network.Forward(minibatch.trees);
  const ReturnStatistics& returns = network.returns();
  const torch::Tensor target_B = (minibatch.value_target_B - returns.mean) / returns.Deviation();
  const torch::Tensor entropies_B =
      CrossEntropy(LogProbabilities(output.logits_BA, setup.temperature), minibatch,
                   setup.options.label_smoothing);
  return entropies_B.sum() / std::max(1.0, minibatch.unforced) +
         setup.options.value_coeff * torch::mse_loss(output.value_B, target_B);
}

struct Measured {
  int unforced = 0;
  double agreement = 0, explained_variance = 0;
};

Measured Measure(GpsNetwork& network, const std::vector<DecisionRow>& rows,
                 const ImitationSetup& setup) {
  torch::NoGradGuard no_grad;
  Measured out;
  ReturnStatistics errors, targets;
  double agreed = 0;
  std::vector<int> picks(rows.size());
  std::iota(picks.begin(), picks.end(), 0);
  for (size_t first = 0; first < rows.size(); first += setup.options.batch_size) {
    const size_t size = std::min<size_t>(setup.options.batch_size, rows.size() - first);
    const Minibatch minibatch = MakeMinibatch(rows, std::span(picks).subspan(first, size))
                                    .To(network.device(), torch::kFloat32);
    const GpsNetwork::Output output = network.Forward(minibatch.trees);
    const torch::Tensor log_probs = LogProbabilities(output.logits_BA, setup.temperature);
    const torch::Tensor agrees = log_probs.argmax(1) == minibatch.action_B1.squeeze(1);
    out.unforced += static_cast<int>(minibatch.unforced);
    agreed += (agrees.to(torch::kFloat32) * minibatch.unforced_B).sum().item<double>();
    const torch::Tensor value =
        output.value_B * network.returns().Deviation() + network.returns().mean;
    const torch::Tensor error = (minibatch.value_target_B - value).cpu().contiguous();
    errors.Merge({error.data_ptr<float>(), size});
    const torch::Tensor target = minibatch.value_target_B.cpu().contiguous();
    targets.Merge({target.data_ptr<float>(), size});
  }
  out.agreement = agreed / std::max(1, out.unforced);
  if (targets.count > 0 && targets.variance > 0) {
    out.explained_variance = 1 - errors.variance / targets.variance;
  }
  return out;
}

// One pass; returns the mean loss.
double TrainEpoch(GpsNetwork& network, Optimiser& optimiser, const std::vector<DecisionRow>& rows,
                  const ImitationSetup& setup, int epoch) {
  const auto order = MinibatchOrder(static_cast<int>(rows.size()), setup.options.batch_size,
                                    Key("imitation-order").With(setup.seed).With(epoch));
  double sum = 0;
  for (const auto& picks : order) {
    const torch::Tensor loss =
        Loss(network, MakeMinibatch(rows, picks).To(network.device(), torch::kFloat32), setup);
    optimiser.Step(loss);
    sum += loss.item<double>();
  }
  return sum / static_cast<double>(order.size());
}

}  // namespace

ImitationStats Imitate(GpsNetwork& network, std::span<const tree::Trajectory> trajectories,
                       const ImitationSetup& setup) {
  const Split split = SplitTrajectories(trajectories, setup);
  if (split.training.empty()) throw Error::Format("the warm start was given no decisions");
  ReturnStatistics returns;
  std::vector<float> targets;
  for (const DecisionRow& row : split.training) targets.push_back(row.value_target);
  returns.Merge(targets);
  network.RescaleValues(returns);

  const auto per_epoch = static_cast<int64_t>(
      MinibatchOrder(static_cast<int>(split.training.size()), setup.options.batch_size, Key(""))
          .size());
  Optimiser optimiser(network, {.learning_rate = setup.options.learning_rate,
                                .beta2 = 0.999,
                                .weight_decay = setup.options.weight_decay,
                                .max_grad_norm = setup.options.max_grad_norm,
                                .steps = per_epoch * setup.options.epochs});
  ImitationStats stats;
  network.SeedDropout(Key("imitation-dropout").With(setup.seed).value());
  network.train();
  for (int epoch = 0; epoch < setup.options.epochs; ++epoch) {
    stats.training_loss = TrainEpoch(network, optimiser, split.training, setup, epoch);
    if (setup.after_epoch) setup.after_epoch(epoch, stats.training_loss);
  }
  network.eval();

  const Measured held_out = Measure(network, split.held_out, setup);
  stats.training_decisions =
      static_cast<int>(std::ranges::count(split.training, false, &DecisionRow::forced));
  stats.held_out_decisions = held_out.unforced;
  stats.held_out_agreement = held_out.agreement;
  stats.held_out_explained_variance = held_out.explained_variance;
  return stats;
}

}  // namespace pgts::policy
