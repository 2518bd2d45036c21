// SPDX-License-Identifier: Apache-2.0
// A Generator and an Encoder that follow a script, for tests: one token per byte, no model. They
// keep the contracts of generator.h and encoder.h (step ends, charges, order of results) and count
// what they were asked.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "llm/encoder.h"
#include "llm/generator.h"

namespace pgts::llm {

// Token = byte; 256 ends the text.
class ByteTokenizer : public Tokenizer {
 public:
  static constexpr Token kEndOfText = 256;

  std::vector<Token> Tokenize(std::string_view text, bool parse_special) const override;
  std::string Piece(Token token) const override;
  bool IsEndOfText(Token token) const override { return token == kEndOfText; }
  std::vector<Token> Begin() const override { return {}; }
  std::string_view ChatTemplate() const override { return ""; }
  std::string RenderChat(std::span<const ChatMessage> messages, bool thinking) const override;
};

// What a script writes: cut after the separator or at max_new_tokens as a model's would be.
struct ScriptedStep {
  std::string text;
  bool end_of_text = false;  // after `text`, unless it was cut before
  double log_prob = -1;      // of the whole step
};

// A hidden state is one number: how many tokens the path has.
class ScriptedGenerator : public Generator {
 public:
  // text: everything before the step; draw: the request's key.
  using Script = std::function<ScriptedStep(std::string_view text, const Key& draw)>;

  explicit ScriptedGenerator(Script script, int context = 4096);

  const ModelInfo& Info() const override { return info_; }
  const Tokenizer& tokenizer() const override { return tokenizer_; }
  void Write(std::span<Draft* const> joining) override;
  void Forget() override;
  const TokenCounts& counts() const override { return counts_; }
  int context() const override { return context_; }

  // Tokens that each draft gets in a slice; 0 (the start): each is written in the slice it joins.
  void set_pace(int tokens) { pace_ = tokens; }

  int calls() const { return calls_; }                             // of Write
  int forgotten() const { return forgotten_; }                     // calls of Forget
  const std::vector<size_t>& batches() const { return batches_; }  // drafts of each call
  // Temperature of each step that was asked for, in order.
  const std::vector<double>& temperatures() const { return temperatures_; }

 private:
  struct UnderWay {
    Draft* draft;
    int left;  // tokens
  };

  Generation Answer(const GenerateRequest& request);

  Script script_;
  int context_;
  ModelInfo info_;
  ByteTokenizer tokenizer_;
  TokenCounts counts_;
  std::vector<UnderWay> under_way_;
  int pace_ = 0;
  int calls_ = 0;
  int forgotten_ = 0;
  std::vector<size_t> batches_;
  std::vector<double> temperatures_;
};

class ScriptedEncoder : public Encoder {
 public:
  using Script = std::function<std::vector<float>(std::string_view text)>;  // [width]

  ScriptedEncoder(int width, Script script, int context = 4096);

  const ModelInfo& Info() const override { return info_; }
  const Tokenizer& tokenizer() const override { return tokenizer_; }
  void Encode(std::span<const EncodeRequest> requests, std::span<float> hidden) override;
  void Forget() override {}
  const TokenCounts& counts() const override { return counts_; }
  int context() const override { return context_; }
  int calls() const { return calls_; }

 private:
  Script script_;
  int context_;
  ModelInfo info_;
  ByteTokenizer tokenizer_;
  TokenCounts counts_;
  int calls_ = 0;
};

}  // namespace pgts::llm
