// SPDX-License-Identifier: Apache-2.0
#include "policy/optimiser.h"

#include <cmath>
#include <sstream>
#include <type_traits>

#include "base/error.h"

namespace pgts::policy {
namespace {

using torch::optim::AdamWParamState;

// LibTorch up to 2.0 keys an optimiser's state by the printed address of the tensor, later versions
// by the address.
template <class States>
auto StateKey(const States&, const torch::Tensor& parameter) {
  using Key = typename States::key_type;
  if constexpr (std::is_same_v<Key, std::string>) {
    std::ostringstream text;
    text << parameter.unsafeGetTensorImpl();
    return text.str();
  } else {
    return static_cast<Key>(parameter.unsafeGetTensorImpl());
  }
}

}  // namespace

Optimiser::Optimiser(GpsNetwork& network, const model::AdamWRecipe& recipe)
    : recipe_(recipe), weights_(network.Weights()) {
  for (const auto& [name, weight] : weights_) parameters_.push_back(weight);
  adamw_ = model::MakeAdamW(parameters_, recipe_);
}

double Optimiser::Step(const torch::Tensor& loss) {
  loss.backward();
  const double norm = model::StepAdamW(*adamw_, parameters_, recipe_, steps_);
  if (!std::isfinite(norm)) {
    throw Error::Format(
        "training of the policy diverged (gradient norm {}, loss {}); lower its "
        "learning_rate or max_grad_norm",
        norm, loss.item<double>());
  }
  ++steps_;
  return norm;
}

Optimiser::State Optimiser::Save() const {
  State out{.steps = steps_};
  const auto& states = adamw_->state();
  for (const auto& [name, weight] : weights_) {
    const auto found = states.find(StateKey(states, weight));
    torch::Tensor first = torch::zeros_like(weight), second = torch::zeros_like(weight);
    if (found != states.end()) {
      const auto& state = static_cast<const AdamWParamState&>(*found->second);
      first = state.exp_avg();
      second = state.exp_avg_sq();
    }
    out.moments.emplace_back(name + ".first", first.detach().clone());
    out.moments.emplace_back(name + ".second", second.detach().clone());
  }
  return out;
}

void Optimiser::Load(const State& saved) {
  steps_ = saved.steps;
  auto& states = adamw_->state();
  for (size_t i = 0; i < parameters_.size(); ++i) {
    auto state = std::make_unique<AdamWParamState>();
    state->step(saved.steps);
    state->exp_avg(saved.moments[2 * i].second.to(parameters_[i].device()).clone());
    state->exp_avg_sq(saved.moments[2 * i + 1].second.to(parameters_[i].device()).clone());
    states[StateKey(states, parameters_[i])] = std::move(state);
  }
}

}  // namespace pgts::policy
