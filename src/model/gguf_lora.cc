// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_lora.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gguf.h>
#include <torch/utils.h>

#include "base/error.h"
#include "base/files.h"
#include "base/gguf_header.h"
#include "model/decoder.h"
#include "model/gguf_builder.h"
#include "model/gguf_reader.h"
#include "model/gguf_rows.h"
#include "model/gguf_tensor.h"

namespace pgts::model {
namespace {

void RequireText(const GgufHeader& file, const char* key, const std::string& wanted) {
  if (file.Text(key) == wanted) return;
  throw Error::Format("{}: {} is {}, {} is needed; give an adapter of this base model", file.path(),
                      key, file.Text(key), wanted);
}

LoraShape ReadLoraShape(const GgufHeader& file, const DecoderShape& shape) {
  RequireText(file, "general.type", "adapter");
  RequireText(file, "adapter.type", "lora");
  RequireText(file, "general.architecture", ArchitectureOf(shape));
  const LoraShape lora{.rank = file.Tensor("blk.0.attn_q.weight.lora_a").size.at(0),
                       .alpha = file.Number("adapter.lora.alpha")};
  CheckLora(lora, shape, file.path().c_str());
  return lora;
}

void CheckTensors(const GgufHeader& file, const Decoder& decoder) {
  for (const auto& [name, weight] : decoder.LoraWeights()) {
    const std::vector<int64_t> size = file.Tensor(name).size;
    if (size == weight.sizes().vec()) continue;
    throw Error::Format("{}: tensor {} is [{}], this model needs [{}]", file.path(), name,
                        fmt::join(size, ", "), fmt::join(weight.sizes().vec(), ", "));
  }
  if (file.tensors().size() != decoder.LoraWeights().size()) {
    throw Error::Format("{}: it has {} tensors, LoRA of this model has {}", file.path(),
                        file.tensors().size(), decoder.LoraWeights().size());
  }
}

}  // namespace

void WriteLoraAdapter(const std::string& path, const Decoder& decoder,
                      const std::string& base_path) {
  if (!decoder.lora()) throw Error::Format("{}: the decoder has no LoRA to write", path);
  const DecoderShape& shape = decoder.shape();
  const std::string architecture = ArchitectureOf(ReadGgufShape(base_path));
  if (architecture != ArchitectureOf(shape)) {
    throw Error::Format("{}: architecture is {}, the decoder's is {}", base_path, architecture,
                        ArchitectureOf(shape));
  }
  GgufBuilder file(decoder.LoraWeights().size());
  gguf_set_val_str(file.keys(), "general.type", "adapter");
  gguf_set_val_str(file.keys(), "general.architecture", architecture.c_str());
  gguf_set_val_str(file.keys(), "general.name", "pgts LoRA");
  gguf_set_val_str(file.keys(), "adapter.type", "lora");
  gguf_set_val_f32(file.keys(), "adapter.lora.alpha", static_cast<float>(decoder.lora()->alpha));
  gguf_set_val_str(file.keys(), "pgts.base_hash", HashFile(base_path).c_str());
  for (const auto& [name, weight] : decoder.LoraWeights()) {
    file.Add(name, RowsToFile(shape, name, weight), GGML_TYPE_F32);
  }
  file.Write(path);
}

void ReadLoraAdapter(const std::string& path, Decoder& decoder) {
  const GgufHeader file(path);
  const DecoderShape& shape = decoder.shape();
  const LoraShape lora = ReadLoraShape(file, shape);
  if (!decoder.lora()) decoder.AddLora(lora, /*seed=*/0);
  const auto alpha = static_cast<float>(decoder.lora()->alpha);  // as the file keeps it
  if (decoder.lora()->rank != lora.rank || alpha != static_cast<float>(lora.alpha)) {
    throw Error::Format("{}: rank {} and alpha {}, the decoder's LoRA has {} and {}", path,
                        lora.rank, lora.alpha, decoder.lora()->rank, decoder.lora()->alpha);
  }
  CheckTensors(file, decoder);
  torch::NoGradGuard no_grad;
  for (const auto& [name, weight] : decoder.LoraWeights()) {
    std::vector<float> values = ReadTensor(file, name);
    const torch::Tensor rows = torch::from_blob(values.data(), weight.sizes(), torch::kFloat32);
    torch::Tensor(weight).copy_(RowsFromFile(shape, name, rows));
  }
}

}  // namespace pgts::model
