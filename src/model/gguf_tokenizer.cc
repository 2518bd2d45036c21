// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_tokenizer.h"

#include <fmt/format.h>
#include <gguf.h>

#include <string>
#include <vector>

#include "model/byte_vocab.h"

namespace pgts::model {
namespace {

// llama_token_type of llama.h
constexpr int32_t kNormal = 1, kControl = 3, kUnused = 5;

std::string Utf8(int code) {  // code < 0x800
  if (code < 0x80) return std::string(1, static_cast<char>(code));
  return {static_cast<char>(0xC0 | (code >> 6)), static_cast<char>(0x80 | (code & 0x3F))};
}

// GPT-2's spelling: printable Latin-1 characters stand for themselves, the other bytes are
// numbered from U+0100 on, so that every token is visible text.
std::vector<std::string> SpellBytes() {
  std::vector<std::string> spelled;
  int next = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    const bool itself = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
    spelled.push_back(Utf8(itself ? byte : next++));
  }
  return spelled;
}

void SetStrings(gguf_context* file, const char* key, const std::vector<std::string>& values) {
  std::vector<const char*> pointers;
  for (const std::string& value : values) pointers.push_back(value.c_str());
  gguf_set_arr_str(file, key, pointers.data(), pointers.size());
}

}  // namespace

void SetByteTokenizer(gguf_context* file, int64_t vocab) {
  std::vector<std::string> tokens = SpellBytes();
  tokens.push_back("<|end|>");
  tokens.push_back("<|pad|>");
  std::vector<int32_t> types(256, kNormal);
  types.resize(tokens.size(), kControl);
  while (static_cast<int64_t>(tokens.size()) < vocab) {
    tokens.push_back(fmt::format("<|unused_{}|>", tokens.size()));
    types.push_back(kUnused);
  }
  gguf_set_val_str(file, "tokenizer.ggml.model", "gpt2");
  gguf_set_val_str(file, "tokenizer.ggml.pre", "gpt-2");
  SetStrings(file, "tokenizer.ggml.tokens", tokens);
  gguf_set_arr_data(file, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, types.data(), types.size());
  // The loader wants at least one merge. Merges join neighbouring symbols, which begin as single
  // characters; these two never occur.
  SetStrings(file, "tokenizer.ggml.merges", {"<|unused_258|> <|unused_259|>"});
  gguf_set_val_u32(file, "tokenizer.ggml.bos_token_id", kEndToken);
  gguf_set_val_u32(file, "tokenizer.ggml.eos_token_id", kEndToken);
  gguf_set_val_u32(file, "tokenizer.ggml.eot_token_id", kEndToken);
  gguf_set_val_u32(file, "tokenizer.ggml.padding_token_id", kPadToken);
  gguf_set_val_bool(file, "tokenizer.ggml.add_bos_token", false);
  gguf_set_val_bool(file, "tokenizer.ggml.add_eos_token", false);
}

}  // namespace pgts::model
