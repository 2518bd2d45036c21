// SPDX-License-Identifier: Apache-2.0
// The numbers that fix a decoder's weights. Free of LibTorch, so that options and plans can use it.
#pragma once

#include <cstdint>

namespace pgts::model {

struct DecoderShape {
  int64_t vocab = 288;  // rows of the embedding, unused ones included
  int64_t width = 192;  // of the residual stream
  int64_t layers = 4;
  int64_t heads = 6;            // query heads
  int64_t kv_heads = 6;         // divides heads
  int64_t head_dim = 32;        // even; heads * head_dim need not equal width
  int64_t ff_width = 512;       // of the gated feed-forward
  int64_t context = 512;        // longest sequence that positions are prepared for
  float rope_theta = 10000.0f;  // float32, as GGUF keeps them
  float rms_eps = 1e-6f;
  bool tied = true;       // the output matrix is the embedding
  bool qk_norm = true;    // RMSNorm on every query and key head (Qwen3)
  bool qkv_bias = false;  // biases on the query, key and value projections (Qwen2)

  bool operator==(const DecoderShape&) const = default;
};

// Throws Error that names the first value out of range; `where` is the file or section it came
// from.
void CheckShape(const DecoderShape& shape, const char* where);

// Number of weights, the tied output matrix counted once.
int64_t CountWeights(const DecoderShape& shape);

}  // namespace pgts::model
