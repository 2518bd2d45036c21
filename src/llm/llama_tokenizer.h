// SPDX-License-Identifier: Apache-2.0
// The tokenizer and chat template that a GGUF carries, by llama.cpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "llm/tokenizer.h"

struct llama_model;
struct llama_vocab;

namespace pgts::llm {

class LlamaTokenizer : public Tokenizer {
 public:
  explicit LlamaTokenizer(const llama_model* model);  // which must outlive the tokenizer

  std::vector<Token> Tokenize(std::string_view text, bool parse_special) const override;
  std::string Piece(Token token) const override;
  bool IsEndOfText(Token token) const override;
  std::vector<Token> Begin() const override;
  std::string_view ChatTemplate() const override { return chat_template_; }
  std::optional<std::string> RenderChat(std::span<const ChatMessage> messages) const override;

 private:
  const llama_vocab* vocab_;
  std::vector<std::string> pieces_;  // [vocabulary]
  std::string chat_template_;
};

}  // namespace pgts::llm
