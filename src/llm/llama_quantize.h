// SPDX-License-Identifier: Apache-2.0
// Converts the weights of a GGUF file to another type. On a CPU llama.cpp's speed differs by a
// factor of two between types, so that this is often the cheapest speed-up there is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgts::llm {

// The names that Quantize takes, lower case: "f32", "f16", "bf16", "q8_0", "q4_0", ...
std::vector<std::string_view> WeightTypeNames();

struct QuantizeResult {
  int64_t bytes_before = 0;
  int64_t bytes_after = 0;
};

// Reads `in`, writes `out` under a temporary name and renames it. Types that are quantised already
// are read back first. Matrices whose rows do not fit a type's blocks get the nearest type that
// fits (llama.cpp's choice). Error for an unknown type, a damaged input, or `out` equal to `in`.
QuantizeResult Quantize(const std::string& in, const std::string& out, std::string_view type);

}  // namespace pgts::llm
