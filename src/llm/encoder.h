// SPDX-License-Identifier: Apache-2.0
// Reading a path: the hidden state of its last token after the final norm, the input of the LM
// head (llama.cpp: "result_norm"). Reward models put their own head on it.
#pragma once

#include <cstdint>
#include <span>

#include "llm/model_info.h"
#include "llm/prefix.h"
#include "llm/tokenizer.h"

namespace pgts::llm {

struct EncodeRequest {
  PrefixPtr prefix;
  uint64_t walker = 0;  // who walks: requests of one walker share its place in the KV memory
};

// Not safe for concurrent use: one compute lane calls it.
class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual const ModelInfo& Info() const = 0;
  virtual const Tokenizer& tokenizer() const = 0;

  // hidden: [requests.size(), Info().width], row i answers requests[i]. Error if a path is longer
  // than context().
  virtual void Encode(std::span<const EncodeRequest> requests, std::span<float> hidden) = 0;

  virtual void Forget() = 0;  // as Generator::Forget
  virtual const TokenCounts& counts() const = 0;
  virtual int context() const = 0;
};

}  // namespace pgts::llm
