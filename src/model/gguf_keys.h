// SPDX-License-Identifier: Apache-2.0
// What every GGUF file that we write says about its decoder and its weights.
#pragma once

#include <ggml.h>

#include <cstdint>

#include "model/decoder_shape.h"
#include "model/gguf_writer.h"

struct gguf_context;

namespace pgts::model {

// The tensor of Llama 3's factors of rope's frequencies.
inline constexpr char kRopeFactors[] = "rope_freqs.weight";

struct StoredType {
  ggml_type type;
  uint32_t file_type;  // llama_ftype of llama.h
};
StoredType StoredAs(WeightType type);

// general.architecture and the keys of the shape.
void SetShapeKeys(gguf_context* file, const DecoderShape& shape);

}  // namespace pgts::model
