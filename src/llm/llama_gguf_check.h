// SPDX-License-Identifier: Apache-2.0
// Reads a GGUF file's header with every bound checked, before anything that trusts the file does.
// Throws Error (one line: path, what is wrong, the cure) if the file is missing, is no GGUF, has
// another version, is cut short, or names tensors that lie outside it.
// Format: github.com/ggml-org/ggml, docs/gguf.md, versions 2 and 3, little-endian.
#pragma once

#include <cstdint>
#include <string>

namespace pgts::llm {

struct GgufSummary {
  std::string architecture;
  int64_t file_bytes = 0;
  int64_t tensors = 0;
  bool is_adapter = false;  // general.type == "adapter"
};

GgufSummary CheckGguf(const std::string& path);

}  // namespace pgts::llm
