// SPDX-License-Identifier: Apache-2.0
// The order of rows in a GGUF file. Rope turns the rows of a head of queries or keys in pairs. The
// decoder pairs rows i and i + head_dim/2; files of architecture llama are written for kernels that
// pair neighbours, so there the same pair stands in rows 2i and 2i + 1 of its head. That concerns
// attn_q and attn_k: their matrices, their biases and the B of their LoRA.
#pragma once

#include <string>

#include "model/decoder_shape.h"

namespace at {
class Tensor;
}

namespace pgts::model {

// `rows`: [out, in] or [out]; name as in the file. Other tensors and families come back as they
// are.
at::Tensor RowsFromFile(const DecoderShape& shape, const std::string& name, const at::Tensor& rows);
at::Tensor RowsToFile(const DecoderShape& shape, const std::string& name, const at::Tensor& rows);

}  // namespace pgts::model
