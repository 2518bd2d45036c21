// SPDX-License-Identifier: Apache-2.0
// Prompts as root prefixes, begin-of-text token included.
//
// chat   the model's own template (Tokenizer::RenderChat). Models that think before they answer
//        (Qwen3) get an empty think block at the start of their answer, so that their steps are
//        the answer itself.
// plain  the task's text as it is
// auto   chat if the model carries a template, else plain.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "llm/prefix.h"
#include "llm/tokenizer.h"

namespace pgts::llm {

enum class PromptKind { kAuto, kChat, kPlain };

// "auto", "chat", "plain"; Error for anything else.
PromptKind ParsePromptKind(std::string_view text);

// kAuto resolved for this model.
PromptKind ResolvePromptKind(const Tokenizer& tokenizer, PromptKind kind);

// A chat prompt as text. Error if the template is missing or unknown; its one line names the cure,
// `--prompt plain`.
std::string ChatText(const Tokenizer& tokenizer, std::span<const ChatMessage> messages);

PrefixPtr ChatPrefix(const Tokenizer& tokenizer, std::span<const ChatMessage> messages);
PrefixPtr PlainPrefix(const Tokenizer& tokenizer, std::string_view text);

}  // namespace pgts::llm
