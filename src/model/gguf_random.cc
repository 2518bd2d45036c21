// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_random.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ggml.h>
#include <gguf.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/error.h"
#include "base/random.h"
#include "model/gguf_keys.h"
#include "model/gguf_tokenizer.h"

namespace pgts::model {
namespace {

struct Named {
  std::string_view name;
  DecoderShape shape;
};

DecoderShape Qwen3(int64_t width, int64_t layers, int64_t heads, int64_t ff_width, bool tied) {
  return {.vocab = 151936,
          .width = width,
          .layers = layers,
          .heads = heads,
          .kv_heads = 8,
          .head_dim = 128,
          .ff_width = ff_width,
          .context = 40960,
          .rope_theta = 1e6F,
          .tied = tied};
}

// From the models' published configurations.
std::vector<Named> Shapes() {
  return {{"qwen3-0.6b", Qwen3(1024, 28, 16, 3072, true)},
          {"qwen3-1.7b", Qwen3(2048, 28, 16, 6144, true)},
          {"qwen3-4b", Qwen3(2560, 36, 32, 9728, true)},
          {"qwen3-8b", Qwen3(4096, 36, 32, 12288, false)}};
}

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

// A few rows of weights of variance 1 / row; the gains of a norm are 1.
std::vector<char> SomeRows(const TensorShape& tensor, ggml_type type) {
  constexpr int64_t kRows = 61;  // prime: repeats fall on no power of two
  const int64_t rows = std::min(tensor.rows, kRows);
  std::vector<float> plain(static_cast<size_t>(rows * tensor.row), 1.0F);
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

// The keys and the table of tensors, without their data.
File Header(const DecoderShape& shape, const std::vector<TensorShape>& tensors, WeightType type) {
  File file(gguf_init_empty(), gguf_free);
  SetShapeKeys(file.get(), shape);
  SetByteTokenizer(file.get(), shape.vocab);
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

}  // namespace

std::vector<std::string_view> KnownShapes() {
  std::vector<std::string_view> names;
  for (const Named& known : Shapes()) names.push_back(known.name);
  return names;
}

DecoderShape KnownShape(std::string_view name) {
  for (const Named& known : Shapes()) {
    if (known.name == name) return known.shape;
  }
  throw Error::Format("shape '{}' is not one of {}", name, fmt::join(KnownShapes(), ", "));
}

void WriteRandomGguf(const std::string& path, const DecoderShape& shape, WeightType type) {
  CheckShape(shape, path.c_str());
  const std::vector<TensorShape> tensors = TensorsOf(shape);
  const File file = Header(shape, tensors, type);
  const std::string part = path + ".part";
  if (!gguf_write_to_file(file.get(), part.c_str(), /*only_meta=*/true)) {
    throw Error::Format("{}: cannot write; is the disk full?", part);
  }
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

}  // namespace pgts::model
