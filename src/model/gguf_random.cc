// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_random.h"

#include <fmt/format.h>
#include <ggml.h>
#include <gguf.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>

#include "base/error.h"
#include "base/random.h"
#include "model/gguf_keys.h"
#include "model/gguf_tokenizer.h"

namespace pgts::model {
namespace {

struct TensorShape {
  std::string name;
  int64_t row = 0;
  int64_t rows = 1;  // 1: a vector
};

std::vector<TensorShape> TensorsOf(const DecoderShape& shape) {
  const int64_t query = shape.heads * shape.head_dim, key = shape.kv_heads * shape.head_dim;
  std::vector<TensorShape> tensors = {{"token_embd.weight", shape.width, shape.vocab},
                                      {"output_norm.weight", shape.width}};
  if (!shape.tied) tensors.push_back({"output.weight", shape.width, shape.vocab});
  for (int64_t i = 0; i < shape.layers; ++i) {
    const auto add = [&](const char* name, int64_t row, int64_t rows) {
      tensors.push_back({fmt::format("blk.{}.{}.weight", i, name), row, rows});
    };
    add("attn_norm", shape.width, 1);
    add("attn_q", shape.width, query);
    add("attn_k", shape.width, key);
    add("attn_v", shape.width, key);
    add("attn_output", query, shape.width);
    if (shape.qkv_bias) {
      const auto bias = [&](const char* name, int64_t size) {
        tensors.push_back({fmt::format("blk.{}.{}.bias", i, name), size});
      };
      bias("attn_q", query);
      bias("attn_k", key);
      bias("attn_v", key);
    }
    if (shape.qk_norm) {
      add("attn_q_norm", shape.head_dim, 1);
      add("attn_k_norm", shape.head_dim, 1);
    }
    add("ffn_norm", shape.width, 1);
    add("ffn_gate", shape.width, shape.ff_width);
    add("ffn_up", shape.width, shape.ff_width);
    add("ffn_down", shape.ff_width, shape.width);
  }
  return tensors;
}

// A few rows of weights of variance 1 / row; the gains of a norm are 1, biases 0.
std::vector<char> SomeRows(const TensorShape& tensor, ggml_type type) {
  constexpr int64_t kRows = 61;  // prime: repeats fall on no power of two
  const int64_t rows = std::min(tensor.rows, kRows);
  std::vector<float> plain(static_cast<size_t>(rows * tensor.row),
                           tensor.name.ends_with(".bias") ? 0.0F : 1.0F);
  if (tensor.rows > 1) {
    RandomStream stream(Key("random-weights").With(tensor.name));
    const double half_width = std::sqrt(3.0 / static_cast<double>(tensor.row));
    for (float& weight : plain) {
      weight = static_cast<float>((2 * stream.Uniform() - 1) * half_width);
    }
  }
  std::vector<char> bytes(ggml_row_size(type, tensor.row) * rows);
  ggml_quantize_chunk(type, plain.data(), bytes.data(), 0, rows, tensor.row, nullptr);
  return bytes;
}

void AppendTensor(std::ofstream& out, const TensorShape& tensor, ggml_type type, size_t alignment) {
  const std::vector<char> chunk = SomeRows(tensor, type);
  const size_t size = ggml_row_size(type, tensor.row) * static_cast<size_t>(tensor.rows);
  for (size_t written = 0; written < size; written += chunk.size()) {
    out.write(chunk.data(), static_cast<std::streamsize>(std::min(chunk.size(), size - written)));
  }
  const std::vector<char> padding((alignment - size % alignment) % alignment, 0);
  out.write(padding.data(), static_cast<std::streamsize>(padding.size()));
}

using File = std::unique_ptr<gguf_context, decltype(&gguf_free)>;

// The keys and the table of tensors, without their data and without a tokenizer.
File Header(const DecoderShape& shape, const std::vector<TensorShape>& tensors, WeightType type) {
  File file(gguf_init_empty(), gguf_free);
  SetShapeKeys(file.get(), shape);
  gguf_set_val_str(file.get(), "general.name", "random weights");
  gguf_set_val_u32(file.get(), "general.file_type", StoredAs(type).file_type);
  gguf_set_val_u32(file.get(), "general.quantization_version", 2);
  const std::unique_ptr<ggml_context, decltype(&ggml_free)> table(
      ggml_init({.mem_size = ggml_tensor_overhead() * (tensors.size() + 1),
                 .mem_buffer = nullptr,
                 .no_alloc = true}),
      ggml_free);
  for (const TensorShape& tensor : tensors) {
    ggml_tensor* entry =
        tensor.rows == 1
            ? ggml_new_tensor_1d(table.get(), GGML_TYPE_F32, tensor.row)
            : ggml_new_tensor_2d(table.get(), StoredAs(type).type, tensor.row, tensor.rows);
    ggml_set_name(entry, tensor.name.c_str());
    gguf_add_tensor(file.get(), entry);
  }
  return file;
}

void WriteHeader(const File& file, const std::string& path) {
  if (gguf_write_to_file(file.get(), path.c_str(), /*only_meta=*/true)) return;
  throw Error::Format("{}: cannot write; is the disk full?", path);
}

}  // namespace

void WriteRandomGguf(const std::string& path, const DecoderShape& shape, WeightType type) {
  CheckShape(shape, path.c_str());
  const std::vector<TensorShape> tensors = TensorsOf(shape);
  const File file = Header(shape, tensors, type);
  SetByteTokenizer(file.get(), shape.vocab);
  const std::string part = path + ".part";
  WriteHeader(file, part);
  std::ofstream out(part, std::ios::binary | std::ios::app);
  for (const TensorShape& tensor : tensors) {
    AppendTensor(out, tensor, tensor.rows == 1 ? GGML_TYPE_F32 : StoredAs(type).type,
                 gguf_get_alignment(file.get()));
  }
  out.close();
  if (!out) {
    std::filesystem::remove(part);
    throw Error::Format("{}: cannot write; is the disk full?", part);
  }
  std::filesystem::rename(part, path);
}

void WriteGgufWithoutData(const std::string& path, const DecoderShape& shape, WeightType type) {
  CheckShape(shape, path.c_str());
  const std::vector<TensorShape> tensors = TensorsOf(shape);
  const File file = Header(shape, tensors, type);
  gguf_set_val_str(file.get(), "tokenizer.ggml.model", "none");
  WriteHeader(file, path);
  const size_t alignment = gguf_get_alignment(file.get());
  size_t size = std::filesystem::file_size(path);
  for (const TensorShape& tensor : tensors) {
    const ggml_type stored = tensor.rows == 1 ? GGML_TYPE_F32 : StoredAs(type).type;
    const size_t bytes = ggml_row_size(stored, tensor.row) * static_cast<size_t>(tensor.rows);
    size += (bytes + alignment - 1) / alignment * alignment;
  }
  std::error_code failure;
  std::filesystem::resize_file(path, size, failure);
  if (failure)
    throw Error::Format("{}: cannot be {} bytes long: {}", path, size, failure.message());
}

}  // namespace pgts::model
