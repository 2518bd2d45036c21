// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_builder.h"

#include <gguf.h>
#include <torch/types.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"

namespace pgts::model {
namespace {

std::vector<char> Encode(const torch::Tensor& weight, ggml_type type) {
  const torch::Tensor plain = weight.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  const int64_t row = plain.size(-1), rows = plain.numel() / row;
  std::vector<char> bytes(ggml_row_size(type, row) * rows);
  ggml_quantize_chunk(type, plain.data_ptr<float>(), bytes.data(), 0, rows, row, nullptr);
  return bytes;
}

}  // namespace

void GgufBuilder::Free::operator()(gguf_context* file) const { gguf_free(file); }
void GgufBuilder::Free::operator()(ggml_context* tensors) const { ggml_free(tensors); }

GgufBuilder::GgufBuilder(size_t tensors)
    : file_(gguf_init_empty()),
      tensors_(ggml_init({.mem_size = ggml_tensor_overhead() * (tensors + 1),
                          .mem_buffer = nullptr,
                          .no_alloc = true})) {}

GgufBuilder::~GgufBuilder() = default;

void GgufBuilder::Add(const std::string& name, const torch::Tensor& weight, ggml_type type) {
  const ggml_type used = weight.dim() == 1 ? GGML_TYPE_F32 : type;
  const int64_t row = weight.size(-1);
  if (row % ggml_blck_size(used) != 0) {
    throw Error::Format(
        "{}: rows of {} weights cannot be stored as {}, which needs a multiple of "
        "{}; use another type or width",
        name, row, ggml_type_name(used), ggml_blck_size(used));
  }
  bytes_.push_back(Encode(weight, used));
  ggml_tensor* tensor = weight.dim() == 1
                            ? ggml_new_tensor_1d(tensors_.get(), used, row)
                            : ggml_new_tensor_2d(tensors_.get(), used, row, weight.size(0));
  ggml_set_name(tensor, name.c_str());
  gguf_add_tensor(file_.get(), tensor);
  gguf_set_tensor_data(file_.get(), name.c_str(), bytes_.back().data());
}

void GgufBuilder::Write(const std::string& path) const {
  MakeFolderOf(path);
  const std::string temporary = path + ".tmp";
  std::error_code failure;
  if (!gguf_write_to_file(file_.get(), temporary.c_str(), /*only_meta=*/false)) {
    std::filesystem::remove(temporary, failure);
    throw Error::Format("{}: cannot write; is the disk full?", path);
  }
  std::filesystem::rename(temporary, path, failure);
  if (failure) throw Error::Format("{}: cannot rename {}: {}", path, temporary, failure.message());
}

}  // namespace pgts::model
