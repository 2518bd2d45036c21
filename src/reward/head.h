// SPDX-License-Identifier: Apache-2.0
// The two-label head on a decoder's hidden state (after its last norm), computed on the host:
//   logits = weight hidden + bias;  logit = logits[1] - logits[0];  softmax(logits)[1] =
//   sigmoid(logit)
#pragma once

#include <array>
#include <span>
#include <vector>

namespace pgts::reward {

struct Head {
  std::vector<float> weight;  // [2, width]
  std::array<float, 2> bias = {0, 0};

  int width() const { return static_cast<int>(weight.size() / 2); }
  // hidden: [width]. In double: the rounding of the sum is far below that of the hidden state.
  double Logit(std::span<const float> hidden) const {
    double logit = static_cast<double>(bias[1]) - bias[0];
    for (size_t i = 0; i < hidden.size(); ++i) {
      logit += (static_cast<double>(weight[hidden.size() + i]) - weight[i]) * hidden[i];
    }
    return logit;
  }
};

}  // namespace pgts::reward
