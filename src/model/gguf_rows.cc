// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_rows.h"

#include <torch/types.h>

namespace pgts::model {
namespace {

bool Reordered(const DecoderShape& shape, const std::string& name) {
  if (shape.family != Family::kLlama || name.ends_with(".lora_a")) return false;
  return name.find(".attn_q.") != std::string::npos || name.find(".attn_k.") != std::string::npos;
}

// Within each head, [first, second] rows become [second, first].
torch::Tensor SwapAxes(const torch::Tensor& rows, int64_t first, int64_t second) {
  const int64_t columns = rows.dim() > 1 ? rows.size(1) : 1;
  return rows.reshape({-1, first, second, columns}).transpose(1, 2).reshape(rows.sizes());
}

}  // namespace

torch::Tensor RowsFromFile(const DecoderShape& shape, const std::string& name,
                           const torch::Tensor& rows) {
  return Reordered(shape, name) ? SwapAxes(rows, shape.head_dim / 2, 2) : rows;
}

torch::Tensor RowsToFile(const DecoderShape& shape, const std::string& name,
                         const torch::Tensor& rows) {
  return Reordered(shape, name) ? SwapAxes(rows, 2, shape.head_dim / 2) : rows;
}

}  // namespace pgts::model
