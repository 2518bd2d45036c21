// SPDX-License-Identifier: Apache-2.0
// A GGUF file of a known model's shape with random weights: speed and memory of the real thing
// where its weights are not at hand. Tensor by tensor, so that a file may be larger than memory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/decoder_shape.h"
#include "model/gguf_writer.h"

namespace pgts::model {

std::vector<std::string_view> KnownShapes();     // "qwen3-0.6b", ...
DecoderShape KnownShape(std::string_view name);  // Error that names the known ones

// Weights are drawn as at the start of a training; matrices repeat a few random rows. Without
// qkv_bias. Written under a temporary name and renamed.
void WriteRandomGguf(const std::string& path, const DecoderShape& shape, WeightType type);

}  // namespace pgts::model
