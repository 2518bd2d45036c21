// SPDX-License-Identifier: Apache-2.0
// Prompts: a system text, worked examples and the question, written for a chat model or as plain
// text.
//
// chat   the model's own template (Tokenizer::RenderChat). Models that think before they answer
//        (Qwen3) get an empty think block at the start of their answer, so that their steps are
//        the answer itself.
// plain  system "\n\n"? (before_user user after_user assistant after_assistant)*
//        before_user user after_user
// auto   chat if the model carries a template, else plain.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "llm/prefix.h"
#include "llm/tokenizer.h"

namespace pgts::llm {

enum class PromptKind { kAuto, kChat, kPlain };

struct PromptTurn {
  std::string user;
  std::string assistant;
};

struct PlainFormat {
  std::string before_user = "Question: ";
  std::string after_user = "\nAnswer:\n";
  std::string after_assistant = "\n\n";
};

struct PromptParts {
  std::string system;             // may be empty
  std::vector<PromptTurn> turns;  // worked examples, in order
  std::string user;               // the question
  PlainFormat plain;              // used by kPlain only
};

// "auto", "chat", "plain"; Error for anything else.
PromptKind ParsePromptKind(std::string_view text);

// kAuto resolved for this model.
PromptKind ResolvePromptKind(const Tokenizer& tokenizer, PromptKind kind);

// The whole prompt as text. Error if chat is wanted and the template is missing or unknown; its one
// line names the cure, `--prompt plain`.
std::string PromptText(const Tokenizer& tokenizer, PromptKind kind, const PromptParts& parts);

// The prompt as a root prefix, begin-of-text token included.
PrefixPtr PromptPrefix(const Tokenizer& tokenizer, PromptKind kind, const PromptParts& parts);

}  // namespace pgts::llm
