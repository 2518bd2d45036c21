// SPDX-License-Identifier: Apache-2.0
// From a head's logit to a probability that means what it says (Platt, "Probabilistic outputs for
// support vector machines", 1999):
//   score = 1 / (1 + exp(-(slope * logit + offset)))
// slope > 0 keeps the order of the scores. The identity is slope 1, offset 0.
#pragma once

#include <span>

namespace pgts::reward {

struct Calibration {
  double slope = 1;
  double offset = 0;

  double Score(double logit) const;
  bool operator==(const Calibration&) const = default;
};

// The maximum-likelihood slope and offset by Newton's method, with a weak pull towards the identity
// (so that separable labels end at finite values). The identity where a class is missing or the fit
// would turn the order round.
Calibration FitCalibration(std::span<const double> logits, std::span<const int> labels);

}  // namespace pgts::reward
