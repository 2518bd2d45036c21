// SPDX-License-Identifier: Apache-2.0
// Gradient checkpointing (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016): the
// forward pass keeps a function's input only, the backward pass computes the function again and
// takes its gradients. Same operations in the same order, so the gradients are the same bits.
#pragma once

#include <functional>
#include <vector>

namespace at {
class Tensor;
}

namespace pgts::model {

using Recomputable = std::function<at::Tensor(const at::Tensor& x)>;

// function(x), whose gradients reach x and `learning`: the leaf tensors that it uses and that
// require gradients. It must give the same result each time (no dropout), and what it refers to
// must live until the backward pass is over. Threads may run backward passes at once if they share
// no leaf.
at::Tensor Checkpoint(Recomputable function, const at::Tensor& x,
                      const std::vector<at::Tensor>& learning);

}  // namespace pgts::model
