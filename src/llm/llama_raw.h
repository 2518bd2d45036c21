// SPDX-License-Identifier: Apache-2.0
// llama.cpp with nothing around it: the yardstick of `pgts bench`. A sequence is read, the others
// are given as many tokens in cells of their own; then every decode adds one fixed token to each,
// and nothing is sampled. At the end further tokens of each may be read, one sequence in a call, as
// a scorer reads steps.
#pragma once

#include <span>

#include "llm/llama_model.h"
#include "llm/token.h"

namespace pgts::llm {

enum class RawLayout { kUnified, kStreams };

struct RawLoad {
  RawLayout layout = RawLayout::kUnified;
  bool flash_attention = true;
  int contexts = 1;  // side by side, with an equal share of the sequences and of the threads
  int width = 1;     // sequences, all contexts
  int context = 1;   // tokens resident in each before the first decode
  int steps = 1;     // decodes
  int read = 0;      // tokens of each, read at the end
  int threads = 1;
  int batch_tokens = 512;  // of one prefill call
};

struct RawSpeed {
  double decode = 0;   // tokens per second
  double prefill = 0;  // tokens per second, of one sequence that nothing is resident beside
  double read = 0;     // tokens per second; 0 if there were none
  // Seconds that the default sampling takes to truncate one token's logits, on one thread: those
  // of the last decode, so that they are as peaked as the model's are. Not part of `decode`.
  double sampling = 0;
};

// `text` (of any length above 0) is repeated as often as needed. Error where llama.cpp fails.
RawSpeed MeasureRaw(const LlamaModel& model, const RawLoad& load, std::span<const Token> text);

}  // namespace pgts::llm
