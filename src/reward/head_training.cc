// SPDX-License-Identifier: Apache-2.0
#include "reward/head_training.h"

#include <fmt/format.h>
#include <torch/optim/lbfgs.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/log.h"
#include "base/stop.h"
#include "base/stopwatch.h"
#include "reward/training_rows.h"

namespace pgts::reward {
namespace {

using torch::Tensor;

// From a head that is nearly constant to one that is nearly free.
constexpr double kStrengths[] = {10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001};
constexpr int kMostIterations = 200;  // of L-BFGS, for one l2

// A step that has a hidden state.
struct Example {
  std::span<const float> hidden;
  labels::Source source = labels::Source::kRollout;
  double target = 0;  // probability of label 1
  double weight = 0;  // 0: not supervised
  ScoredStep truth;
};

std::vector<Example> ExamplesOf(const HiddenStates& states,
                                std::span<const labels::LabelledSolution> solutions, int64_t most) {
  std::vector<Example> examples;
  int64_t labelled = 0;
  for (const labels::LabelledSolution& solution : solutions) {
    if (most > 0 && labelled >= most) break;  // whole solutions
    labelled += labels::ExampleCount(solution);
    const std::vector<uint64_t> paths = labels::PathHashes(solution);
    const std::vector<ScoredStep> truth = Truth(solution);
    for (size_t i = 0; i < paths.size(); ++i) {
      const std::span<const float> hidden = states.Find(paths[i]);
      if (hidden.empty()) continue;
      examples.push_back({.hidden = hidden,
                          .source = solution.source,
                          .target = solution.steps[i].Target(),
                          .truth = truth[i]});
    }
  }
  return examples;
}

void Weigh(std::span<Example> examples, const RowOptions& options) {
  for (Example& example : examples) {
    example.weight =
        example.truth.label ? ExampleWeight(example.source, example.target, options) : 0;
  }
}

void WeighAsAsked(std::vector<Example>& examples, const TrainingOptions& training) {
  const RowOptions options = RowWeights(training);
  Weigh(examples, options);
  if (training.balance_classes) {
    double right = 0, wrong = 0;
    for (const Example& example : examples) {
      right += example.weight * example.target;
      wrong += example.weight * (1 - example.target);
    }
    Weigh(examples, Balanced(options, right, wrong));
  }
  std::erase_if(examples, [](const Example& example) { return !(example.weight > 0); });
}

// The examples as tensors, standardised.
struct Problem {
  Tensor x_ND, target_N, weight_N;  // the weights sum to 1
  Tensor mean_D, inverse_spread_D;  // 0 where a feature never varies
};

Problem MakeProblem(std::span<const Example> examples, int width) {
  const auto count = static_cast<int64_t>(examples.size());
  Problem problem{.x_ND = torch::empty({count, width}, torch::kFloat32),
                  .target_N = torch::empty({count}, torch::kFloat32),
                  .weight_N = torch::empty({count}, torch::kFloat32)};
  for (int64_t i = 0; i < count; ++i) {
    const Example& example = examples[static_cast<size_t>(i)];
    std::ranges::copy(example.hidden, problem.x_ND.data_ptr<float>() + i * width);
    problem.target_N.data_ptr<float>()[i] = static_cast<float>(example.target);
    problem.weight_N.data_ptr<float>()[i] = static_cast<float>(example.weight);
  }
  problem.weight_N /= problem.weight_N.sum();
  problem.mean_D = problem.x_ND.mean(0);
  problem.x_ND -= problem.mean_D;
  const Tensor spread_D = problem.x_ND.square().mean(0).sqrt();
  const Tensor varies_D = spread_D > 1e-6 * (1 + problem.mean_D.abs());
  problem.inverse_spread_D = torch::where(varies_D, 1 / spread_D, torch::zeros_like(spread_D));
  problem.x_ND *= problem.inverse_spread_D;
  return problem;
}

// Moves w and b to the minimum for `l2`.
void Minimise(const Problem& problem, double l2, Tensor& w_D, Tensor& b_1) {
  torch::optim::LBFGS solver({w_D, b_1}, torch::optim::LBFGSOptions(1)
                                             .max_iter(kMostIterations)
                                             .tolerance_grad(1e-6)
                                             .tolerance_change(1e-9)
                                             .history_size(20)
                                             .line_search_fn("strong_wolfe"));
  solver.step([&] {
    ThrowIfStopped();
    solver.zero_grad();
    const Tensor logit_N = problem.x_ND.mv(w_D) + b_1;
    const Tensor loss_N = torch::softplus(logit_N) - problem.target_N * logit_N;
    Tensor loss = (loss_N * problem.weight_N).sum() + l2 / 2 * w_D.square().sum();
    loss.backward();
    return loss;
  });
}

// The standardisation folded in; the two labels' rows are each other's opposite.
Head Fold(const Problem& problem, const Tensor& w_D, const Tensor& b_1) {
  torch::NoGradGuard no_grad;
  const Tensor slope_D = (w_D.to(torch::kFloat64) * problem.inverse_spread_D).contiguous();
  const double offset =
      b_1.item<double>() - (slope_D * problem.mean_D.to(torch::kFloat64)).sum().item<double>();
  const int64_t width = slope_D.numel();
  Head head{.weight = std::vector<float>(static_cast<size_t>(2 * width)),
            .bias = {static_cast<float>(-offset / 2), static_cast<float>(offset / 2)}};
  for (int64_t d = 0; d < width; ++d) {
    const auto half = static_cast<float>(slope_D.data_ptr<double>()[d] / 2);
    head.weight[static_cast<size_t>(d)] = -half;
    head.weight[static_cast<size_t>(width + d)] = half;
  }
  return head;
}

std::vector<ScoredStep> Judge(const Head& head, std::span<const Example> examples) {
  std::vector<ScoredStep> steps;
  for (const Example& example : examples) {
    steps.push_back(example.truth);
    steps.back().logit = head.Logit(example.hidden);
  }
  return steps;
}

class HeadTrainer {
 public:
  HeadTrainer(const HiddenStates& states, std::span<const labels::LabelledSolution> train,
              std::span<const labels::LabelledSolution> validation, const HeadOptions& options)
      : options_(options),
        train_(ExamplesOf(states, train, options.training.max_examples)),
        validation_(ExamplesOf(states, validation, /*most=*/0)) {
    WeighAsAsked(train_, options.training);
    CheckSupervised(!train_.empty(), task::Split::kTrain, "engine.context");
    CheckSupervised(std::ranges::any_of(validation_,
                                        [](const Example& e) { return e.truth.label.has_value(); }),
                    task::Split::kValidation, "engine.context");
    problem_ = MakeProblem(train_, states.width());
  }

  FinetuneResult Run() {
    const Stopwatch watch;
    Tensor w_D = torch::zeros({problem_.x_ND.size(1)}).requires_grad_(true);
    Tensor b_1 = torch::zeros({1}).requires_grad_(true);
    for (const double l2 : Strengths()) {
      Minimise(problem_, l2, w_D, b_1);
      Validate(l2, Fold(problem_, w_D, b_1));
    }
    Finish();
    result_.seconds = watch.Seconds();
    return std::move(result_);
  }

 private:
  std::vector<double> Strengths() const {
    if (options_.training.head_l2 > 0) return {options_.training.head_l2};
    return {std::begin(kStrengths), std::end(kStrengths)};
  }

  void Validate(double l2, Head head) {
    const std::vector<ScoredStep> scored = Judge(head, validation_);
    // What is chosen by is what is deployed: the head with all other evidence.
    const RewardMetrics metrics =
        Measure(scored, CalibrateOn(scored, options_.training.weigh_slips));
    ++result_.steps;
    ValidationPoint point{.step = result_.steps,
                          .epoch = static_cast<double>(result_.steps),
                          .loss = metrics.loss,
                          .step_auc = metrics.step_auc};
    point.best = IsBetter(point, best_);
    if (point.best) {
      best_ = point;
      result_.head = std::move(head);
      result_.head_l2 = l2;
    }
    result_.validations.push_back(point);
    tried_ += fmt::format("{}{} {:.3f}", tried_.empty() ? "" : ", ", l2, point.step_auc);
    if (options_.observer.on_validation) options_.observer.on_validation(point);
  }

  void Finish() {
    result_.examples = static_cast<int64_t>(train_.size());
    Info("reward head: {} features, {} examples; L2 {}, of (L2, validation step AUC) {}",
         problem_.x_ND.size(1), result_.examples, result_.head_l2, tried_);
    const std::vector<ScoredStep> scored = Judge(result_.head, validation_);
    result_.calibration = CalibrateOn(scored, options_.training.weigh_slips);
    result_.metrics = MeasureWhole(scored, result_.calibration);
  }

  const HeadOptions& options_;
  std::vector<Example> train_, validation_;
  Problem problem_;
  std::optional<ValidationPoint> best_;
  std::string tried_;
  FinetuneResult result_;
};

}  // namespace

FinetuneResult TrainHead(const HiddenStates& states,
                         std::span<const labels::LabelledSolution> train,
                         std::span<const labels::LabelledSolution> validation,
                         const HeadOptions& options) {
  return HeadTrainer(states, train, validation, options).Run();
}

}  // namespace pgts::reward
