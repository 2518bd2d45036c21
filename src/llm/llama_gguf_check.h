// SPDX-License-Identifier: Apache-2.0
// Reads a GGUF file's header with every bound checked, before anything that trusts the file does.
// Throws Error (one line: path, what is wrong, the cure) if the file is missing, is no GGUF, has
// another version, is cut short, or names tensors that lie outside it.
// Format: github.com/ggml-org/ggml, docs/gguf.md, versions 2 and 3, little-endian.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ggml.h"

namespace pgts::llm {

struct GgufTensor {
  std::string name;
  uint32_t dimensions = 0;
  ggml_type type = GGML_TYPE_F32;
};

struct GgufSummary {
  std::string architecture;
  int64_t file_bytes = 0;
  std::vector<GgufTensor> tensors;
  bool is_adapter = false;   // general.type == "adapter"
  std::string adapter_type;  // adapter.type, of an adapter
  std::string base_hash;  // pgts.base_hash: HashFile of the model that it adapts; empty: not said
};

GgufSummary CheckGguf(const std::string& path);

}  // namespace pgts::llm
