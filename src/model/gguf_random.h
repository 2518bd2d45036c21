// SPDX-License-Identifier: Apache-2.0
// A GGUF file of a known model's shape with random weights: speed and memory of the real thing
// where its weights are not at hand. Tensor by tensor, so that a file may be larger than memory.
#pragma once

#include <string>

#include "model/decoder_shape.h"
#include "model/gguf_writer.h"

namespace pgts::model {

// Weights are drawn as at the start of a training; matrices repeat a few random rows. Written under
// a temporary name and renamed.
void WriteRandomGguf(const std::string& path, const DecoderShape& shape, WeightType type);

// The same keys and table of tensors, but as data a hole that takes no room on the disk, and no
// tokenizer: for whoever reads headers only, as a plan of memory does.
void WriteGgufWithoutData(const std::string& path, const DecoderShape& shape, WeightType type);

}  // namespace pgts::model
