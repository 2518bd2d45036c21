// SPDX-License-Identifier: Apache-2.0
// The tokenizer and chat template that a GGUF carries, by llama.cpp.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "llm/llama_chat_template.h"
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
  std::string_view ChatTemplate() const override { return chat_template_.source(); }
  std::string RenderChat(std::span<const ChatMessage> messages, bool thinking) const override {
    return chat_template_.Render(messages, thinking);
  }

 private:
  const llama_vocab* vocab_;
  std::vector<std::string> pieces_;  // [vocabulary]
  LlamaChatTemplate chat_template_;
};

}  // namespace pgts::llm
