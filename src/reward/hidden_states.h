// SPDX-License-Identifier: Apache-2.0
// What a frozen base makes of the data of phase 1: the hidden state at the last token of every step
// that a head learns from or is measured on (labelled steps, and graded last steps of held-out
// solutions). Each path is read once, whoever shares it, and kept:
//
//   <folder>/hidden_states.safetensors    "paths" [count] int64: PathHashes (labels/step_data.h);
//       "hidden" [count, width] float32; metadata: base_hash
//
// float32, because some features of large models lie far from 0 and vary too little for 16 bits.
// From a file of the same base every path is taken again; only what it lacks is read, and added to
// it. A file of another base, or a damaged one, is replaced, and one log line says so.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "labels/data_builder.h"
#include "llm/encoder.h"

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
// Interrupted where a stop is requested: what was read until then is kept, but for some minutes.
HiddenStates ReadHiddenStates(llm::Encoder& encoder, const labels::StepData& data,
                              const std::string& folder);

}  // namespace pgts::reward
