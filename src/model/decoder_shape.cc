// SPDX-License-Identifier: Apache-2.0
#include "model/decoder_shape.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace pgts::model {
namespace {

void CheckPositive(const char* name, int64_t value, const char* where) {
  constexpr int64_t kMost = int64_t{1} << 24;
  if (value >= 1 && value <= kMost) return;
  throw Error::Format("{}: {} is {}, must lie in 1..{}", where, name, value, kMost);
}

void CheckRope(const DecoderShape& shape, const char* where) {
  if (!(shape.rope_theta > 0) || !(shape.rope_scale > 0)) {
    throw Error::Format("{}: rope_theta ({}) and rope_scale ({}) must be positive", where,
                        shape.rope_theta, shape.rope_scale);
  }
  const auto& factors = shape.rope_factors;
  if (factors.empty()) return;
  if (shape.family != Family::kLlama) {
    throw Error::Format("{}: only architecture llama has factors of rope's frequencies", where);
  }
  const bool usable =
      std::ranges::all_of(factors, [](float f) { return std::isfinite(f) && f > 0; });
  if (static_cast<int64_t>(factors.size()) == shape.head_dim / 2 && usable) return;
  throw Error::Format("{}: {} factors of rope's frequencies; {} positive ones are needed", where,
                      factors.size(), shape.head_dim / 2);
}

}  // namespace

std::string ArchitectureOf(const DecoderShape& shape) {
  if (shape.family == Family::kLlama) return "llama";
  return shape.qk_norm ? "qwen3" : "qwen2";
}

void CheckLora(const LoraShape& lora, const DecoderShape& shape, const char* where) {
  if (lora.rank < 1 || lora.rank > shape.width) {
    throw Error::Format("{}: LoRA's rank is {}, must lie in 1..{} (the model's width)", where,
                        lora.rank, shape.width);
  }
  if (!std::isfinite(lora.alpha) || lora.alpha <= 0) {
    throw Error::Format("{}: LoRA's alpha is {}, must be positive", where, lora.alpha);
  }
}

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
  if (!(shape.rms_eps > 0)) {
    throw Error::Format("{}: rms_eps ({}) must be positive", where, shape.rms_eps);
  }
  if (shape.family == Family::kLlama && shape.qk_norm) {
    throw Error::Format("{}: architecture llama has no norms on queries and keys", where);
  }
  CheckRope(shape, where);
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
