// SPDX-License-Identifier: Apache-2.0
// The optimiser recipe that every trainer here shares: AdamW (Loshchilov and Hutter 2019) without
// decay on vectors (norm gains, biases), a linear warm-up, then a cosine to a floor, and clipping
// by the global norm.
#pragma once

#include <torch/optim/adamw.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace pgts::model {

struct AdamWRecipe {
  double learning_rate = 1e-3;  // at the end of the warm-up
  double beta1 = 0.9;
  double beta2 = 0.95;
  double weight_decay = 0.1;   // decoupled; matrices only
  double warmup_ratio = 0.05;  // share of `steps`
  double floor_ratio = 0.05;   // last learning rate / learning_rate; 1 = constant after warm-up
  double max_grad_norm = 1.0;  // 0: no clipping
  int64_t steps = 1000;        // optimiser steps in the whole run
};

// Matrices (two dimensions and more) decay, vectors do not. The parameters must outlive it.
std::unique_ptr<torch::optim::AdamW> MakeAdamW(const std::vector<torch::Tensor>& parameters,
                                               const AdamWRecipe& recipe);

// The learning rate of step 0, 1, ... steps - 1: linear up to the first step after the warm-up,
// then floor + (1 - floor) * (1 + cos(pi * progress)) / 2. Steps beyond the last keep the floor.
double LearningRate(const AdamWRecipe& recipe, int64_t step);

// Sets that rate, clips, steps, clears the gradients. Returns the gradient norm before clipping; a
// norm that is not finite skips the update, so that one bad batch cannot ruin the weights.
double StepAdamW(torch::optim::AdamW& optimiser, const std::vector<torch::Tensor>& parameters,
                 const AdamWRecipe& recipe, int64_t step);

}  // namespace pgts::model
