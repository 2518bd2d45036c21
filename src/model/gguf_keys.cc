// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_keys.h"

#include <fmt/format.h>
#include <gguf.h>

#include <string>

#include "base/error.h"

namespace pgts::model {

StoredType StoredAs(WeightType type) {
  switch (type) {
    case WeightType::kF32: return {GGML_TYPE_F32, 0};
    case WeightType::kF16: return {GGML_TYPE_F16, 1};
    case WeightType::kBF16: return {GGML_TYPE_BF16, 32};
    case WeightType::kQ8_0: return {GGML_TYPE_Q8_0, 7};
  }
  throw Error("unknown weight type");
}

WeightType ParseWeightType(std::string_view name) {
  if (name == "f32") return WeightType::kF32;
  if (name == "f16") return WeightType::kF16;
  if (name == "bf16") return WeightType::kBF16;
  if (name == "q8_0") return WeightType::kQ8_0;
  throw Error::Format("unknown weight type '{}': use f32, f16, bf16 or q8_0", name);
}

void SetShapeKeys(gguf_context* file, const DecoderShape& shape) {
  const std::string architecture = ArchitectureOf(shape);
  const auto key = [&](const char* name) { return fmt::format("{}.{}", architecture, name); };
  const auto set = [&](const char* name, int64_t value) {
    gguf_set_val_u32(file, key(name).c_str(), static_cast<uint32_t>(value));
  };
  gguf_set_val_str(file, "general.architecture", architecture.c_str());
  set("vocab_size", shape.vocab);
  set("context_length", shape.context);
  set("embedding_length", shape.width);
  set("block_count", shape.layers);
  set("feed_forward_length", shape.ff_width);
  set("attention.head_count", shape.heads);
  set("attention.head_count_kv", shape.kv_heads);
  set("attention.key_length", shape.head_dim);
  set("attention.value_length", shape.head_dim);
  set("rope.dimension_count", shape.head_dim);
  gguf_set_val_f32(file, key("rope.freq_base").c_str(), shape.rope_theta);
  if (shape.rope_scale != 1.0f) {
    gguf_set_val_str(file, key("rope.scaling.type").c_str(), "linear");
    gguf_set_val_f32(file, key("rope.scaling.factor").c_str(), shape.rope_scale);
  }
  gguf_set_val_f32(file, key("attention.layer_norm_rms_epsilon").c_str(), shape.rms_eps);
}

}  // namespace pgts::model
