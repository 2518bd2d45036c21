// SPDX-License-Identifier: Apache-2.0
// A GGUF file's header: its keys and its table of tensors. Every bound is checked, so that what
// trusts the file (ggml and llama.cpp assert on some damaged ones) can be handed it afterwards.
// Format: github.com/ggml-org/ggml, docs/gguf.md, versions 2 and 3, little-endian.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pgts {

struct GgufTensor {
  std::vector<int64_t> size;  // slowest first: [out, in] for a matrix
  uint32_t type = 0;          // a ggml_type
  uint64_t offset = 0;        // of its data, in bytes from the file's beginning
  uint64_t bytes = 0;

  int64_t Elements() const;
};

class GgufHeader {
 public:
  // Throws Error (one line: the file, what is wrong, the cure) if the file is missing, is no GGUF,
  // has another version, is cut short, or names tensors that lie outside it.
  explicit GgufHeader(const std::string& path);

  const std::string& path() const { return path_; }
  int64_t file_bytes() const { return file_bytes_; }

  bool Has(const std::string& key) const { return values_.contains(key); }
  // Throw Error that names the key if it is missing or of another type.
  std::string Text(const std::string& key) const;
  std::string Text(const std::string& key, std::string_view otherwise) const;  // if it is missing
  int64_t Integer(const std::string& key) const;
  double Number(const std::string& key) const;

  const std::map<std::string, GgufTensor>& tensors() const { return tensors_; }
  bool HasTensor(const std::string& name) const { return tensors_.contains(name); }
  const GgufTensor& Tensor(const std::string& name) const;  // Error if there is none
  int64_t CountElements() const;                            // of all tensors

 private:
  using Value = std::variant<std::monostate, int64_t, double, std::string>;  // none: not kept
  class Parser;

  template <typename T>
  const T& Get(const std::string& key, const char* kind) const;

  std::string path_;
  int64_t file_bytes_ = 0;
  std::map<std::string, Value> values_;
  std::map<std::string, GgufTensor> tensors_;
};

// How a ggml_type stores numbers: so many of them in a block of so many bytes; 0 for an unknown
// type.
struct GgufBlock {
  uint32_t elements = 0;
  uint32_t bytes = 0;
};
GgufBlock GgufBlockOf(uint32_t type);

}  // namespace pgts
