// SPDX-License-Identifier: Apache-2.0
// The numbers of a tensor in a GGUF file. Needs no LibTorch.
#pragma once

#include <string>
#include <vector>

#include "base/gguf_header.h"

namespace pgts::model {

// All elements as float32, in the order of GgufTensor::size; any type that ggml can turn back.
std::vector<float> ReadTensor(const GgufHeader& file, const std::string& name);

}  // namespace pgts::model
