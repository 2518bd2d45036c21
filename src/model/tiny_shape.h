// SPDX-License-Identifier: Apache-2.0
// The smallest decoder that still has every part: grouped heads, two layers. For tests.
#pragma once

#include "model/byte_vocab.h"
#include "model/decoder_shape.h"

namespace pgts::model {

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

}  // namespace pgts::model
