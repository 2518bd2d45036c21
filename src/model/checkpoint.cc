// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoint.h"

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/utils.h>

#include <utility>

namespace pgts::model {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// A capsule is how a context carries what is neither tensor nor number.
struct Recipe : torch::CustomClassHolder {
  Recipe(Recomputable f, std::vector<Tensor> l) : function(std::move(f)), learning(std::move(l)) {}
  Recomputable function;
  std::vector<Tensor> learning;
};

struct Recompute : torch::autograd::Function<Recompute> {
  static Tensor forward(AutogradContext* context, const Tensor& x, at::TensorList /*learning*/,
                        const c10::intrusive_ptr<Recipe>& recipe) {
    context->save_for_backward({x});
    context->saved_data["recipe"] = c10::IValue::make_capsule(recipe);
    return recipe->function(x);
  }

  // One gradient for each argument of forward, the list's members one by one.
  static variable_list backward(AutogradContext* context, variable_list output_gradients) {
    const auto capsule = context->saved_data["recipe"].toCapsule();
    const auto& recipe = static_cast<const Recipe&>(*capsule);
    const Tensor given = context->get_saved_variables().at(0);
    const bool wanted = given.requires_grad();
    const Tensor x = given.detach().requires_grad_(wanted);
    variable_list inputs = recipe.learning;
    if (wanted) inputs.insert(inputs.begin(), x);
    Tensor output;
    {
      const torch::AutoGradMode with_gradients(true);
      output = recipe.function(x);
    }
    variable_list gradients =
        torch::autograd::grad({output}, inputs, output_gradients, /*retain_graph=*/c10::nullopt,
                              /*create_graph=*/false, /*allow_unused=*/true);
    if (!wanted) gradients.insert(gradients.begin(), Tensor());
    gradients.emplace_back();  // of the recipe
    return gradients;
  }
};

}  // namespace

Tensor Checkpoint(Recomputable function, const Tensor& x, const std::vector<Tensor>& learning) {
  return Recompute::apply(x, at::TensorList(learning),
                          c10::make_intrusive<Recipe>(std::move(function), learning));
}

}  // namespace pgts::model
