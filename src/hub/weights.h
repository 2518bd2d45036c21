// SPDX-License-Identifier: Apache-2.0
// Which of a model's files is taken where several are there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pgts::hub {

struct WeightsWish {
  bool eight_bits = false;         // Q8_0, or what can be quantised to it
  std::string dtype = "bfloat16";  // or float16, float32: otherwise this, or the best below it
  std::string exactly = "";        // if not empty: this type and no other ("Q8_0")
};

// The lower the better; nothing: not to be taken. `weights` as in hub/model_name.h.
// - exactly: that type alone;
// - eight bits: Q8_0, then BF16, F16, F32, which are quantised after they came;
// - otherwise the type of `dtype`, the other one of 16 bits, Q8_0 and then ever fewer bits, and
//   last what is wider than was asked for.
std::optional<int> Rank(std::string_view weights, const WeightsWish& wish);

// The type of rank 0.
std::string FirstChoice(const WeightsWish& wish);

}  // namespace pgts::hub
