// SPDX-License-Identifier: Apache-2.0
// A GGUF file's header and tensor table, checked against the file's size before anyone reads a
// byte of tensor data. Needs no LibTorch. Format: ggml/include/gguf.h of llama.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

struct gguf_context;
struct ggml_context;

namespace pgts::model {

class GgufFile {
 public:
  // Throws Error (one line: the file, what is wrong, the cure) when the file is missing, is not
  // GGUF, has a version or a table that cannot be read, or is shorter than its tensors.
  explicit GgufFile(const std::string& path);
  ~GgufFile();
  GgufFile(const GgufFile&) = delete;

  const std::string& path() const { return path_; }
  const gguf_context* context() const { return file_.get(); }

  bool Has(const std::string& key) const;
  // Throw Error that names the key when it is missing or of another type.
  std::string Text(const std::string& key) const;
  int64_t Integer(const std::string& key) const;
  double Number(const std::string& key) const;
  // Every key that holds text and begins with `prefix`.
  std::map<std::string, std::string> Texts(const std::string& prefix) const;

  bool HasTensor(const std::string& name) const;
  std::vector<std::string> TensorNames() const;
  int64_t CountElements() const;  // of all tensors
  // Dimensions, slowest first ([out, in] for a matrix). Throws Error when there is no such tensor.
  std::vector<int64_t> Size(const std::string& name) const;
  // All elements as float32 in that order; any type that ggml can turn back.
  std::vector<float> Read(const std::string& name) const;

 private:
  int64_t FindKey(const std::string& key) const;
  int64_t FindTensor(const std::string& name) const;
  void CheckTensorBounds() const;

  struct FreeFile {
    void operator()(gguf_context* file) const;
  };
  struct FreeTensors {
    void operator()(ggml_context* tensors) const;
  };
  std::string path_;
  std::unique_ptr<gguf_context, FreeFile> file_;
  std::unique_ptr<ggml_context, FreeTensors> tensors_;
};

}  // namespace pgts::model
