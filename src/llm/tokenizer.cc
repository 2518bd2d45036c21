// SPDX-License-Identifier: Apache-2.0
#include "llm/tokenizer.h"

namespace pgts::llm {

std::string Text(const Tokenizer& tokenizer, std::span<const Token> tokens) {
  std::string text;
  for (const Token token : tokens) text += tokenizer.Piece(token);
  return text;
}

}  // namespace pgts::llm
