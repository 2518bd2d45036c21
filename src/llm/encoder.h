// SPDX-License-Identifier: Apache-2.0
// Reading a path: the hidden state of its last token after the final norm, the input of the LM
// head (llama.cpp: "result_norm"). Reward models put their own head on it.
#pragma once

#include <cstdint>
#include <span>

#include "llm/engine.h"
#include "llm/prefix.h"

namespace pgts::llm {

struct EncodeRequest {
  PrefixPtr prefix;
  uint64_t walker = 0;  // who walks: requests of one walker share its slot in the KV memory
};

class Encoder : public Engine {
 public:
  // hidden: [requests.size(), Info().width], row i answers requests[i]. Error if a path is longer
  // than context().
  virtual void Encode(std::span<const EncodeRequest> requests, std::span<float> hidden) = 0;
};

}  // namespace pgts::llm
