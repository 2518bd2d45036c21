// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_writer.h"

#include <fmt/format.h>
#include <ggml.h>
#include <gguf.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "model/decoder.h"
#include "model/gguf_file.h"
#include "model/gguf_keys.h"
#include "model/gguf_tokenizer.h"

namespace pgts::model {
namespace {

using File = std::unique_ptr<gguf_context, decltype(&gguf_free)>;
using Tensors = std::unique_ptr<ggml_context, decltype(&ggml_free)>;

void SetKeys(gguf_context* file, const DecoderShape& shape, const GgufOptions& options) {
  if (!options.base.empty()) gguf_set_kv(file, GgufFile(options.base).context());
  SetShapeKeys(file, shape);
  if (options.base.empty()) SetByteTokenizer(file, shape.vocab);
  gguf_set_val_str(file, "general.name", options.name.c_str());
  gguf_set_val_u32(file, "general.file_type", StoredAs(options.type).file_type);
  gguf_set_val_u32(file, "general.quantization_version", 2);
  for (const auto& [key, value] : options.metadata) {
    gguf_set_val_str(file, key.c_str(), value.c_str());
  }
}

std::vector<char> Encode(const torch::Tensor& weight, ggml_type type) {
  const torch::Tensor plain = weight.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  const int64_t row = plain.size(-1), rows = plain.numel() / row;
  std::vector<char> bytes(ggml_row_size(type, row) * rows);
  ggml_quantize_chunk(type, plain.data_ptr<float>(), bytes.data(), 0, rows, row, nullptr);
  return bytes;
}

// `bytes` must live until the file is written.
void AddTensor(gguf_context* file, ggml_context* tensors, const std::string& name,
               const torch::Tensor& weight, ggml_type type, std::vector<char>& bytes) {
  const ggml_type used = weight.dim() == 1 ? GGML_TYPE_F32 : type;
  const int64_t row = weight.size(-1);
  if (row % ggml_blck_size(used) != 0) {
    throw Error::Format(
        "{}: rows of {} weights cannot be stored as {}, which needs a multiple of "
        "{}; use another type or width",
        name, row, ggml_type_name(used), ggml_blck_size(used));
  }
  bytes = Encode(weight, used);
  ggml_tensor* tensor = weight.dim() == 1 ? ggml_new_tensor_1d(tensors, used, row)
                                          : ggml_new_tensor_2d(tensors, used, row, weight.size(0));
  ggml_set_name(tensor, name.c_str());
  gguf_add_tensor(file, tensor);
  gguf_set_tensor_data(file, name.c_str(), bytes.data());
}

void WriteAtomically(const gguf_context* file, const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) MakeWritableDirectory(folder.string());
  const std::string temporary = path + ".tmp";
  std::error_code failure;
  if (!gguf_write_to_file(file, temporary.c_str(), /*only_meta=*/false)) {
    std::filesystem::remove(temporary, failure);
    throw Error::Format("{}: cannot write; is the disk full?", path);
  }
  std::filesystem::rename(temporary, path, failure);
  if (failure) throw Error::Format("{}: cannot rename {}: {}", path, temporary, failure.message());
}

}  // namespace

void WriteGguf(const std::string& path, const Decoder& decoder, const GgufOptions& options) {
  const auto& weights = decoder.Weights();
  const File file(gguf_init_empty(), gguf_free);
  const Tensors tensors(ggml_init({.mem_size = ggml_tensor_overhead() * (weights.size() + 1),
                                   .mem_buffer = nullptr,
                                   .no_alloc = true}),
                        ggml_free);
  SetKeys(file.get(), decoder.shape(), options);
  std::vector<std::vector<char>> bytes(weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    const auto& [name, weight] = weights[i];
    AddTensor(file.get(), tensors.get(), name, weight, StoredAs(options.type).type, bytes[i]);
  }
  WriteAtomically(file.get(), path);
}

}  // namespace pgts::model
