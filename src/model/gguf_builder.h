// SPDX-License-Identifier: Apache-2.0
// A GGUF file in the making: keys, then tensors, then one atomic write (a temporary name beside
// `path`, then a rename: nobody sees half of it).
#pragma once

#include <ggml.h>

#include <memory>
#include <string>
#include <vector>

struct gguf_context;

namespace at {
class Tensor;
}

namespace pgts::model {

class GgufBuilder {
 public:
  explicit GgufBuilder(size_t tensors);  // at most so many
  ~GgufBuilder();
  GgufBuilder(const GgufBuilder&) = delete;

  gguf_context* keys() { return file_.get(); }

  // A matrix is stored as `type`, a vector as F32. Throws Error when the type does not divide a
  // row.
  void Add(const std::string& name, const at::Tensor& weight, ggml_type type);

  // Throws Error when the folder cannot be written; then nothing stays.
  void Write(const std::string& path) const;

 private:
  struct Free {
    void operator()(gguf_context* file) const;
    void operator()(ggml_context* tensors) const;
  };
  std::unique_ptr<gguf_context, Free> file_;
  std::unique_ptr<ggml_context, Free> tensors_;
  std::vector<std::vector<char>> bytes_;
};

}  // namespace pgts::model
