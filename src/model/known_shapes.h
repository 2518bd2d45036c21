// SPDX-License-Identifier: Apache-2.0
// The shapes of well-known base models, from their published configurations: what a plan or a bench
// needs to know of a model whose file is not at hand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/decoder_shape.h"

namespace pgts::model {

std::vector<std::string_view> KnownShapes();     // "qwen3-0.6b", ..., by family and size
DecoderShape KnownShape(std::string_view name);  // Error that names the known ones

// The known shape that a model's name stands for, whatever its owner, tuning and quantisation:
// "Qwen/Qwen3-8B" and "dir/Qwen3-8B-Q8_0.gguf" are "qwen3-8b", and "Qwen2.5-Coder-0.5B-Instruct" is
// "qwen2.5-0.5b". None for a name that is not known.
std::optional<std::string_view> KnownShapeOf(std::string_view model_name);

// The next smaller known shape of the same family; none below the smallest.
std::optional<std::string_view> NextSmaller(std::string_view known_name);

// A known name, or the numbers LAYERSxWIDTHxHEADSxKV_HEADSxHEAD_DIMxFF_WIDTHxVOCAB of a model like
// Qwen3 with an output matrix of its own. Error that says so.
DecoderShape ParseShape(std::string_view text);

}  // namespace pgts::model
