// SPDX-License-Identifier: Apache-2.0
// Memory that the policy and its training take, from its options alone. Free of LibTorch.
#pragma once

#include <cstdint>

#include "policy/options.h"

namespace pgts::policy {

int64_t CountWeights(const NetworkOptions& options);

struct PolicyMemory {     // bytes
  int64_t weights = 0;    // float32
  int64_t optimiser = 0;  // gradients and two moments
  int64_t scratch = 0;    // activations of one minibatch
};

// `nodes`: of all trees of a minibatch together.
PolicyMemory PolicyMemoryOf(const NetworkOptions& options, int64_t nodes);

}  // namespace pgts::policy
