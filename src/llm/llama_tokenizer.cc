// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_tokenizer.h"

#include <algorithm>

#include "base/error.h"
#include "llama.h"

namespace pgts::llm {
namespace {

std::string PieceOf(const llama_vocab* vocab, Token token, bool special = false) {
  std::string piece(32, '\0');
  for (;;) {
    const int length = llama_token_to_piece(vocab, token, piece.data(),
                                            static_cast<int>(piece.size()), 0, special);
    piece.resize(std::abs(length));
    if (length >= 0) return piece;
  }
}

// As a template writes it; "" for a token that the vocabulary lacks.
std::string ControlText(const llama_vocab* vocab, Token token) {
  return token == LLAMA_TOKEN_NULL ? "" : PieceOf(vocab, token, /*special=*/true);
}

LlamaChatTemplate::Parts TemplateOf(const llama_model* model) {
  const llama_vocab* vocab = llama_model_get_vocab(model);
  const char* source = llama_model_chat_template(model, nullptr);
  return {.source = source != nullptr ? source : "",
          .bos = ControlText(vocab, llama_vocab_bos(vocab)),
          .eos = ControlText(vocab, llama_vocab_eos(vocab))};
}

}  // namespace

LlamaTokenizer::LlamaTokenizer(const llama_model* model)
    : vocab_(llama_model_get_vocab(model)), chat_template_(TemplateOf(model)) {
  const int count = llama_vocab_n_tokens(vocab_);
  pieces_.reserve(count);
  for (Token token = 0; token < count; ++token) pieces_.push_back(PieceOf(vocab_, token));
}

std::vector<Token> LlamaTokenizer::Tokenize(std::string_view text, bool parse_special) const {
  std::vector<Token> tokens(text.size() + 8);
  const auto tokenize = [&] {
    return llama_tokenize(vocab_, text.data(), static_cast<int>(text.size()), tokens.data(),
                          static_cast<int>(tokens.size()), /*add_special=*/false, parse_special);
  };
  int count = tokenize();
  if (count < 0) {
    tokens.resize(-static_cast<int64_t>(count));
    count = tokenize();
  }
  if (count < 0) throw Error::Format("a text of {} bytes is too long to tokenize", text.size());
  tokens.resize(count);
  return tokens;
}

std::string LlamaTokenizer::Piece(Token token) const {
  if (token < 0 || token >= static_cast<Token>(pieces_.size())) {
    throw Error::Format("token {} is outside the model's vocabulary of {}", token, pieces_.size());
  }
  return pieces_[token];
}

bool LlamaTokenizer::IsEndOfText(Token token) const { return llama_vocab_is_eog(vocab_, token); }

std::vector<Token> LlamaTokenizer::Begin() const {
  if (!llama_vocab_get_add_bos(vocab_)) return {};
  return {llama_vocab_bos(vocab_)};
}

}  // namespace pgts::llm
