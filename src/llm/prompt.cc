// SPDX-License-Identifier: Apache-2.0
#include "llm/prompt.h"

#include <optional>
#include <utility>

#include "base/error.h"

namespace pgts::llm {
namespace {

constexpr std::string_view kEmptyThought = "<think>\n\n</think>\n\n";

PrefixPtr RootOf(const Tokenizer& tokenizer, std::string_view prompt, bool parse_special) {
  std::vector<Token> tokens = tokenizer.Begin();
  const std::vector<Token> text = tokenizer.Tokenize(prompt, parse_special);
  // Some templates write the begin-of-text token themselves.
  const bool doubled = !tokens.empty() && !text.empty() && text.front() == tokens.back();
  tokens.insert(tokens.end(), text.begin() + (doubled ? 1 : 0), text.end());
  if (tokens.empty()) throw Error("the prompt is empty");
  return Extend(nullptr, std::move(tokens));
}

}  // namespace

PromptKind ParsePromptKind(std::string_view text) {
  if (text == "auto") return PromptKind::kAuto;
  if (text == "chat") return PromptKind::kChat;
  if (text == "plain") return PromptKind::kPlain;
  throw Error::Format("prompt '{}' is not one of auto, chat, plain", text);
}

PromptKind ResolvePromptKind(const Tokenizer& tokenizer, PromptKind kind) {
  if (kind != PromptKind::kAuto) return kind;
  return tokenizer.ChatTemplate().empty() ? PromptKind::kPlain : PromptKind::kChat;
}

std::string ChatText(const Tokenizer& tokenizer, std::span<const ChatMessage> messages) {
  const std::string_view chat_template = tokenizer.ChatTemplate();
  if (chat_template.empty()) {
    throw Error("the model carries no chat template; use --prompt plain");
  }
  std::optional<std::string> text = tokenizer.RenderChat(messages);
  if (!text) {
    throw Error(
        "the model's chat template is not one that llama.cpp recognises; "
        "use --prompt plain");
  }
  // Templates that let thinking be switched off do it with exactly this block.
  if (chat_template.find("enable_thinking") != std::string_view::npos) *text += kEmptyThought;
  return *std::move(text);
}

PrefixPtr ChatPrefix(const Tokenizer& tokenizer, std::span<const ChatMessage> messages) {
  return RootOf(tokenizer, ChatText(tokenizer, messages), /*parse_special=*/true);
}

PrefixPtr PlainPrefix(const Tokenizer& tokenizer, std::string_view text) {
  return RootOf(tokenizer, text, /*parse_special=*/false);
}

}  // namespace pgts::llm
