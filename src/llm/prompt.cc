// SPDX-License-Identifier: Apache-2.0
#include "llm/prompt.h"

#include <optional>
#include <utility>

#include "base/error.h"

namespace pgts::llm {
namespace {

constexpr std::string_view kEmptyThought = "<think>\n\n</think>\n\n";

std::string PlainText(const PromptParts& parts) {
  const PlainFormat& format = parts.plain;
  std::string text = parts.system;
  if (!text.empty()) text += "\n\n";
  for (const PromptTurn& turn : parts.turns) {
    text += format.before_user + turn.user + format.after_user + turn.assistant +
            format.after_assistant;
  }
  return text + format.before_user + parts.user + format.after_user;
}

std::vector<ChatMessage> Messages(const PromptParts& parts) {
  std::vector<ChatMessage> messages;
  if (!parts.system.empty()) messages.push_back({"system", parts.system});
  for (const PromptTurn& turn : parts.turns) {
    messages.push_back({"user", turn.user});
    messages.push_back({"assistant", turn.assistant});
  }
  messages.push_back({"user", parts.user});
  return messages;
}

std::string ChatText(const Tokenizer& tokenizer, const PromptParts& parts) {
  const std::string_view chat_template = tokenizer.ChatTemplate();
  if (chat_template.empty()) {
    throw Error("the model carries no chat template; use --prompt plain");
  }
  std::optional<std::string> text = tokenizer.RenderChat(Messages(parts));
  if (!text) {
    throw Error(
        "the model's chat template is not one that llama.cpp recognises; "
        "use --prompt plain");
  }
  // Templates that let thinking be switched off do it with exactly this block.
  if (chat_template.find("enable_thinking") != std::string_view::npos) *text += kEmptyThought;
  return *std::move(text);
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

std::string PromptText(const Tokenizer& tokenizer, PromptKind kind, const PromptParts& parts) {
  return ResolvePromptKind(tokenizer, kind) == PromptKind::kChat ? ChatText(tokenizer, parts)
                                                                 : PlainText(parts);
}

PrefixPtr PromptPrefix(const Tokenizer& tokenizer, PromptKind kind, const PromptParts& parts) {
  const bool chat = ResolvePromptKind(tokenizer, kind) == PromptKind::kChat;
  std::vector<Token> tokens = tokenizer.Begin();
  const std::vector<Token> text =
      tokenizer.Tokenize(PromptText(tokenizer, kind, parts), /*parse_special=*/chat);
  // Some templates write the begin-of-text token themselves.
  const bool doubled = !tokens.empty() && !text.empty() && text.front() == tokens.back();
  tokens.insert(tokens.end(), text.begin() + (doubled ? 1 : 0), text.end());
  if (tokens.empty()) throw Error("the prompt is empty");
  return Extend(nullptr, std::move(tokens));
}

}  // namespace pgts::llm
