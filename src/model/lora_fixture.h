// SPDX-License-Identifier: Apache-2.0
// Reads a LoRA adapter back, for tests of what the writer wrote; elsewhere llama.cpp reads it.
#pragma once

#include <string>
#include <vector>

#include <torch/utils.h>

#include "base/gguf_header.h"
#include "model/decoder.h"
#include "model/gguf_rows.h"
#include "model/gguf_tensor.h"

namespace pgts::model {

// `decoder` is the adapter's base; its LoRA is added if it has none, else has the same shape.
inline void ReadLoraAdapter(const std::string& path, Decoder& decoder) {
  const GgufHeader file(path);
  if (!decoder.lora()) {
    decoder.AddLora({.rank = file.Tensor("blk.0.attn_q.weight.lora_a").size.at(0),
                     .alpha = file.Number("adapter.lora.alpha")},
                    /*seed=*/0);
  }
  torch::NoGradGuard no_grad;
  for (const auto& [name, weight] : decoder.LoraWeights()) {
    std::vector<float> values = ReadTensor(file, name);
    const torch::Tensor rows = torch::from_blob(values.data(), weight.sizes(), torch::kFloat32);
    torch::Tensor(weight).copy_(RowsFromFile(decoder.shape(), name, rows));
  }
}

}  // namespace pgts::model
