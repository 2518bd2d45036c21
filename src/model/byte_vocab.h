// SPDX-License-Identifier: Apache-2.0
// The vocabulary of the models that are trained from scratch here: a token is a byte, its id the
// byte's value, and two tokens more. The rest of the table is unused, so that rows suit the
// quantised kernels. gguf_writer.cc gives llama.cpp the same table.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace pgts::model {

inline constexpr int kEndToken = 256;   // "<|end|>": end of text
inline constexpr int kPadToken = 257;   // "<|pad|>"
inline constexpr int kByteVocab = 288;  // the table's size

// Appends one token a byte.
inline void AppendBytes(std::string_view text, std::vector<int64_t>& tokens) {
  for (const char c : text) tokens.push_back(static_cast<unsigned char>(c));
}

}  // namespace pgts::model
