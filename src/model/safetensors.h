// SPDX-License-Identifier: Apache-2.0
// The safetensors format: named tensors and a map of text, in one file that any other tool reads.
//
//   8 bytes: header size N, little endian · N bytes: JSON · tensor data, row-major, without gaps
//   JSON: {"__metadata__": {key: text}, name: {"dtype": "F32", "shape": [2, 3],
//          "data_offsets": [begin, end]}}     offsets count from the end of the header
//
// Types: F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL. Files are replaced atomically.
#pragma once

#include <torch/types.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace pgts::model {

struct Safetensors {
  std::map<std::string, torch::Tensor> tensors;  // on the CPU, contiguous
  std::map<std::string, std::string> metadata;

  // Throws Error that names the tensor when it is not there.
  const torch::Tensor& Get(const std::string& name) const;
  // Where the file was read from, for messages; empty when it was not.
  std::string path;
};

// Throws Error when the path cannot be written or a tensor has a type that the format lacks.
void WriteSafetensors(const std::string& path, const Safetensors& content);

// Throws Error (the file, what is wrong) when it is missing, truncated or damaged: nothing outside
// the file's bytes is ever read.
Safetensors ReadSafetensors(const std::string& path);

// Copies the file's tensors into `targets` by name. Throws Error that names the first tensor that
// is missing, unknown or of another shape; then nothing was copied.
void CopyTensors(const Safetensors& from,
                 const std::vector<std::pair<std::string, torch::Tensor>>& targets);

}  // namespace pgts::model
