// SPDX-License-Identifier: Apache-2.0
// The byte tokenizer of byte_vocab.h as GGUF metadata: llama.cpp's "gpt2" tokenizer without a merge
// that could ever apply.
#pragma once

#include <cstdint>

struct gguf_context;

namespace pgts::model {

// Writes the tokenizer.ggml.* keys for a table of `vocab` rows (>= 258).
void SetByteTokenizer(gguf_context* file, int64_t vocab);

}  // namespace pgts::model
