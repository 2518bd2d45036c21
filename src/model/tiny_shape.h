// SPDX-License-Identifier: Apache-2.0
// Decoders for tests.
#pragma once

#include "model/byte_vocab.h"
#include "model/decoder_shape.h"

namespace pgts::model {

// The smallest that still has every part: grouped heads, two layers.
inline DecoderShape TinyShape() {
  return {.vocab = kByteVocab,
          .width = 32,
          .layers = 2,
          .heads = 4,
          .kv_heads = 2,
          .head_dim = 8,
          .ff_width = 64,
          .context = 64};
}

// With rows that llama.cpp's kernels want: for comparisons with it.
inline DecoderShape SmallShape() {
  return {.vocab = kByteVocab,
          .width = 64,
          .layers = 3,
          .heads = 4,
          .kv_heads = 2,
          .head_dim = 32,
          .ff_width = 96,
          .context = 256};
}

}  // namespace pgts::model
