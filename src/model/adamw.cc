// SPDX-License-Identifier: Apache-2.0
#include "model/adamw.h"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pgts::model {
namespace {

double GradNorm(const std::vector<torch::Tensor>& parameters) {
  torch::Tensor sum = torch::zeros({}, torch::kFloat64);
  for (const torch::Tensor& parameter : parameters) {
    if (!parameter.grad().defined()) continue;
    sum += parameter.grad().norm().to(torch::kCPU, torch::kFloat64).square();
  }
  return std::sqrt(sum.item<double>());
}

void ScaleGrads(const std::vector<torch::Tensor>& parameters, double factor) {
  for (const torch::Tensor& parameter : parameters) {
    if (parameter.grad().defined()) parameter.mutable_grad().mul_(factor);
  }
}

}  // namespace

std::unique_ptr<torch::optim::AdamW> MakeAdamW(const std::vector<torch::Tensor>& parameters,
                                               const AdamWRecipe& recipe) {
  std::vector<torch::Tensor> matrices, vectors;
  for (const torch::Tensor& parameter : parameters) {
    (parameter.dim() >= 2 ? matrices : vectors).push_back(parameter);
  }
  torch::optim::AdamWOptions options(recipe.learning_rate);
  options.betas({recipe.beta1, recipe.beta2});
  const auto with_decay = [&](double decay) {
    auto group = std::make_unique<torch::optim::AdamWOptions>(options);
    group->weight_decay(decay);
    return group;
  };
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.emplace_back(matrices, with_decay(recipe.weight_decay));
  groups.emplace_back(vectors, with_decay(0.0));
  return std::make_unique<torch::optim::AdamW>(groups, options);
}

double LearningRate(const AdamWRecipe& recipe, int64_t step) {
  const double warmup = std::max(1.0, std::round(recipe.warmup_ratio * recipe.steps));
  if (step < warmup) return recipe.learning_rate * (step + 1) / warmup;
  const double span = std::max(1.0, recipe.steps - warmup);
  const double progress = std::min(1.0, (step - warmup) / span);
  const double cosine = (1.0 + std::cos(std::numbers::pi * progress)) / 2.0;
  return recipe.learning_rate * (recipe.floor_ratio + (1.0 - recipe.floor_ratio) * cosine);
}

double StepAdamW(torch::optim::AdamW& optimiser, const std::vector<torch::Tensor>& parameters,
                 const AdamWRecipe& recipe, int64_t step) {
  torch::NoGradGuard no_grad;
  const double norm = GradNorm(parameters);
  if (std::isfinite(norm)) {
    for (auto& group : optimiser.param_groups()) {
      static_cast<torch::optim::AdamWOptions&>(group.options()).lr(LearningRate(recipe, step));
    }
    if (recipe.max_grad_norm > 0 && norm > recipe.max_grad_norm) {
      ScaleGrads(parameters, recipe.max_grad_norm / norm);
    }
    optimiser.step();
  }
  optimiser.zero_grad();
  return norm;
}

}  // namespace pgts::model
