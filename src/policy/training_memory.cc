// SPDX-License-Identifier: Apache-2.0
#include "policy/training_memory.h"

#include "tree/action.h"
#include "tree/features.h"

namespace pgts::policy {

// As GpsNetwork adds them.
int64_t CountWeights(const NetworkOptions& options) {
  const int64_t width = options.hidden_dim;
  const auto affine = [](int64_t out, int64_t in) { return out * in + out; };
  const int64_t norm = 2 * width;
  const int64_t layer = 2 * norm + affine(6 * width, width) +
                        affine(2 * width, tree::kEdgeFeatures) + affine(width, 2 * width) +
                        affine(2 * width, width) + affine(width, 2 * width);
  return affine(width, tree::kNodeFeatures) + affine(width, tree::kGlobalFeatures) +
         options.num_layers * layer + norm + affine(2 * width, 2 * width + tree::kGlobalFeatures) +
         affine(tree::kActionCount, width) + affine(1, width);
}

PolicyMemory PolicyMemoryOf(const NetworkOptions& options, int64_t nodes) {
  // Of each node a layer keeps, in widths: the stream twice, its two norms, the joint product (6),
  // the messages of its edge down and up, activated and not (4), their sum, both branches joined
  // (2), and the inside of the feed-forward twice (4).
  constexpr int64_t kKept = 21;
  constexpr int64_t kFloat = 4;
  const int64_t weights = kFloat * CountWeights(options);
  return {.weights = weights,
          .optimiser = 3 * weights,
          .scratch = kFloat * nodes * options.hidden_dim * (kKept * options.num_layers + 4)};
}

}  // namespace pgts::policy
