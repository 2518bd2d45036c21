// SPDX-License-Identifier: Apache-2.0
// The shared AdamW recipe (model/adamw.h) over a policy network's weights, with a state that can be
// saved by name: a loaded optimiser goes on exactly as the saved one would have.
#pragma once

#include <torch/optim/adamw.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/adamw.h"
#include "policy/gps_network.h"

namespace pgts::policy {

class Optimiser {
 public:
  Optimiser(GpsNetwork& network, const model::AdamWRecipe& recipe);

  // Back-propagates `loss`, clips, steps, and returns the gradient's norm before clipping. Throws
  // Error, without a step, when that is not finite.
  double Step(const torch::Tensor& loss);

  // Moments of every weight under "<weight>.first" and "<weight>.second"; all zero before the first
  // step. Load takes what State gave; shapes must match.
  struct State {
    int64_t steps = 0;
    std::vector<std::pair<std::string, torch::Tensor>> moments;
  };
  State Save() const;
  void Load(const State& state);

 private:
  model::AdamWRecipe recipe_;
  std::vector<std::pair<std::string, torch::Tensor>> weights_;
  std::vector<torch::Tensor> parameters_;
  std::unique_ptr<torch::optim::AdamW> adamw_;
  int64_t steps_ = 0;
};

}  // namespace pgts::policy
