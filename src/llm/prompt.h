// SPDX-License-Identifier: Apache-2.0
// Prompts as root prefixes, begin-of-text token included.
//
// chat   the model's own template (Tokenizer::RenderChat). Where it has a switch for thinking, that
//        is off unless asked for, so that the steps of such a model are the answer itself.
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

struct PromptOptions {
  PromptKind kind = PromptKind::kAuto;
  bool thinking = false;  // a chat's switch for it; no answer counts before the thought has ended
};

// What a stored prompt was rendered by, and a stored world is named by: to be changed with whatever
// makes other text of the same messages.
inline constexpr std::string_view kChatRendering = "jinja-1";

// "auto", "chat", "plain"; Error for anything else.
PromptKind ParsePromptKind(std::string_view text);

// kAuto resolved for this model.
PromptKind ResolvePromptKind(const Tokenizer& tokenizer, PromptKind kind);

// True if a prompt ends in an open thought: "<think>", "[THINK]", "<|START_THINKING|>" and the
// like.
bool OpensThought(std::string_view prompt);

// Before the first problem is put. Error for a template that cannot be used. Warns where an `auto`
// prompt finds no template, and where the model's template thinks otherwise than asked. `file`: the
// model's, which these lines name.
void CheckPrompt(const Tokenizer& tokenizer, const PromptOptions& options, std::string_view file);

// A chat prompt as text. Error if the template is missing or cannot be used; its one line names the
// cure, `--prompt plain`.
std::string ChatText(const Tokenizer& tokenizer, std::span<const ChatMessage> messages,
                     bool thinking = false);

PrefixPtr ChatPrefix(const Tokenizer& tokenizer, std::span<const ChatMessage> messages,
                     bool thinking = false);
PrefixPtr PlainPrefix(const Tokenizer& tokenizer, std::string_view text);

}  // namespace pgts::llm
