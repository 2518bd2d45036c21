// SPDX-License-Identifier: Apache-2.0
// What a frozen base makes of the data of phase 1: the hidden state at the last token of every step
// that a head learns from or is measured on (labelled steps, and graded last steps of held-out
// solutions). Each path is read once, whoever shares it, and kept:
//
//   <folder>/hidden_states.safetensors    "hidden" [count, width] float32, in the order of the
//       paths' first appearance; metadata: base_hash, paths_hash, width, count
//
// float32, because some features of large models lie far from 0 and vary little, which 16 bits
// would not resolve. The file is whole or absent. It serves again where all of its metadata fit;
// else it is made anew, which one log line says.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "llm/encoder.h"
#include "reward/data_builder.h"

namespace pgts::reward {

class HiddenStates {
 public:
  HiddenStates(std::span<const uint64_t> paths, std::vector<float> hidden);

  int width() const { return width_; }
  int64_t count() const { return static_cast<int64_t>(row_.size()); }
  // [width]; empty where the path was not read.
  std::span<const float> Find(uint64_t path) const;

 private:
  std::unordered_map<uint64_t, size_t> row_;
  std::vector<float> hidden_;  // [count, width]
  int width_ = 0;
};

// Paths longer than the encoder's context are left out, which one log line counts. Shows progress;
// Interrupted where a stop is requested, and then nothing is kept.
HiddenStates ReadHiddenStates(llm::Encoder& encoder, const StepData& data,
                              const std::string& folder);

}  // namespace pgts::reward
