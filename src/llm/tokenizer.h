// SPDX-License-Identifier: Apache-2.0
// Text to tokens and back, and the model's own chat template. Implementations are immutable and
// safe to share between threads.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "llm/token.h"

namespace pgts::llm {

struct ChatMessage {
  std::string role;  // "system", "user" or "assistant"
  std::string content;
};

class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  // Never adds a begin-of-text token. `parse_special`: text such as "<|im_end|>" becomes its
  // control token; false for text that a user or a data set wrote, but within a chat prompt, which
  // is read as a whole.
  virtual std::vector<Token> Tokenize(std::string_view text, bool parse_special) const = 0;

  // The bytes of one token (possibly a part of a UTF-8 character); control tokens give "".
  virtual std::string Piece(Token token) const = 0;

  // True for every token after which the model has said all it wants to say.
  virtual bool IsEndOfText(Token token) const = 0;

  // What the model expects before any text: its begin-of-text token, or nothing.
  virtual std::vector<Token> Begin() const = 0;

  // The chat template stored with the model, "" if there is none.
  virtual std::string_view ChatTemplate() const = 0;

  // The conversation with the assistant's next turn opened, thinking on or off where the model has
  // that switch. Error, one line, if there is no template or it does not take these messages.
  virtual std::string RenderChat(std::span<const ChatMessage> messages, bool thinking) const = 0;
};

// The pieces of `tokens`, joined.
std::string Text(const Tokenizer& tokenizer, std::span<const Token> tokens);

}  // namespace pgts::llm
