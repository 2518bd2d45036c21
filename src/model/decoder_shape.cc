// SPDX-License-Identifier: Apache-2.0
#include "model/decoder_shape.h"

#include "base/error.h"

namespace pgts::model {
namespace {

void CheckPositive(const char* name, int64_t value, const char* where) {
  constexpr int64_t kMost = int64_t{1} << 24;
  if (value >= 1 && value <= kMost) return;
  throw Error::Format("{}: {} is {}, must lie in 1..{}", where, name, value, kMost);
}

}  // namespace

void CheckShape(const DecoderShape& shape, const char* where) {
  CheckPositive("vocab", shape.vocab, where);
  CheckPositive("width", shape.width, where);
  CheckPositive("layers", shape.layers, where);
  CheckPositive("heads", shape.heads, where);
  CheckPositive("kv_heads", shape.kv_heads, where);
  CheckPositive("head_dim", shape.head_dim, where);
  CheckPositive("ff_width", shape.ff_width, where);
  CheckPositive("context", shape.context, where);
  if (shape.heads % shape.kv_heads != 0) {
    throw Error::Format("{}: heads ({}) must be a multiple of kv_heads ({})", where, shape.heads,
                        shape.kv_heads);
  }
  if (shape.head_dim % 2 != 0) {
    throw Error::Format("{}: head_dim is {}, must be even (rotary positions turn pairs)", where,
                        shape.head_dim);
  }
  if (!(shape.rope_theta > 0) || !(shape.rms_eps > 0)) {
    throw Error::Format("{}: rope_theta ({}) and rms_eps ({}) must be positive", where,
                        shape.rope_theta, shape.rms_eps);
  }
}

int64_t CountWeights(const DecoderShape& shape) {
  const int64_t query = shape.heads * shape.head_dim;
  const int64_t key = shape.kv_heads * shape.head_dim;
  int64_t layer = shape.width * (2 * query + 2 * key + 3 * shape.ff_width) + 2 * shape.width;
  if (shape.qk_norm) layer += 2 * shape.head_dim;
  if (shape.qkv_bias) layer += query + 2 * key;
  const int64_t tables = (shape.tied ? 1 : 2) * shape.vocab * shape.width;
  return tables + shape.layers * layer + shape.width;
}

}  // namespace pgts::model
