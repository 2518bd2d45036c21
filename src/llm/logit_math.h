// SPDX-License-Identifier: Apache-2.0
// The passes over a whole vocabulary that sampling needs, eight logits at a time: with 150,000
// tokens they would cost more than their share of a decode otherwise. Compiled for several
// instruction sets; the processor's best is taken when the program is loaded.
//
// Exponentials are float (relative error below 2e-6), sums of more than a few hundred are double.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "llm/token.h"

namespace pgts::llm {

// exp(x) for x <= 0; 0 below -87.
float ExpNonPositive(float x);

// -infinity if there are none, or none that is a number.
float LargestLogit(std::span<const float> logits);

// A value that at least `count` logits reach, and mostly few more. -infinity where there are not
// many times as many.
float FloorOfLargest(std::span<const float> logits, size_t count);

// Sum of exp(l - max), and of exp((l - max) * inverse_temperature).
struct ExponentialSums {
  double plain = 0;
  double tempered = 0;
};
ExponentialSums SumExponentials(std::span<const float> logits, float max,
                                float inverse_temperature);

// Appends the ids of the logits >= floor, in ascending order.
void CollectAtLeast(std::span<const float> logits, float floor, std::vector<Token>& ids);

}  // namespace pgts::llm
