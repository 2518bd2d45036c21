// SPDX-License-Identifier: Apache-2.0
#include "llm/prompt.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/log.h"

namespace pgts::llm {
namespace {

PrefixPtr RootOf(const Tokenizer& tokenizer, std::string_view prompt, bool parse_special) {
  std::vector<Token> tokens = tokenizer.Begin();
  const std::vector<Token> text = tokenizer.Tokenize(prompt, parse_special);
  // Some templates write the begin-of-text token themselves.
  const bool doubled = !tokens.empty() && !text.empty() && text.front() == tokens.back();
  tokens.insert(tokens.end(), text.begin() + (doubled ? 1 : 0), text.end());
  if (tokens.empty()) throw Error("the prompt is empty");
  return Extend(nullptr, std::move(tokens));
}

// A small chat as the model's template writes it. Error, which names the file, if it cannot.
std::string ProbeText(const Tokenizer& tokenizer, bool thinking, std::string_view file) try {
  const std::vector<ChatMessage> probe = {{"system", "Reason."}, {"user", "What is 2 + 3?"}};
  std::string text = ChatText(tokenizer, probe, thinking);
  for (const ChatMessage& message : probe) {
    if (text.find(message.content) != text.npos) continue;
    throw Error::Format("the model's chat template leaves out the {}'s text; use --prompt plain",
                        message.role);
  }
  return text;
} catch (const Error& error) {
  throw Error::Format("{}: {}", file, error.what());
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

bool OpensThought(std::string_view prompt) {
  const size_t last = prompt.find_last_not_of(" \t\r\n");
  if (last == prompt.npos) return false;
  prompt = prompt.substr(0, last + 1);
  if (prompt.ends_with("[THINK]")) return true;
  const size_t tag_at = prompt.rfind('<');
  if (!prompt.ends_with('>') || tag_at == prompt.npos) return false;
  std::string tag(prompt.substr(tag_at));
  std::ranges::transform(tag, tag.begin(), [](unsigned char c) { return std::tolower(c); });
  return tag.find("think") != tag.npos && tag.find('/') == tag.npos && tag.find("end") == tag.npos;
}

std::string ChatText(const Tokenizer& tokenizer, std::span<const ChatMessage> messages,
                     bool thinking) {
  if (tokenizer.ChatTemplate().empty()) {
    throw Error("the model carries no chat template; use --prompt plain");
  }
  return tokenizer.RenderChat(messages, thinking);
}

void CheckPrompt(const Tokenizer& tokenizer, const PromptOptions& options, std::string_view file) {
  if (options.kind == PromptKind::kAuto && tokenizer.ChatTemplate().empty()) {
    Warn(
        "{}: the model carries no chat template, so problems are put to it as plain text; take the "
        "file of an instruct model, or say --prompt plain where that is meant",
        file);
  }
  if (ResolvePromptKind(tokenizer, options.kind) != PromptKind::kChat) return;
  const std::string text = ProbeText(tokenizer, options.thinking, file);
  if (!options.thinking && OpensThought(text)) {
    Warn(
        "{}: the model's chat template opens a thought whatever it is asked, and answers are "
        "looked for in it; set generator.thinking = true, or take a model that does not think "
        "(such as Qwen3-4B-Instruct-2507)",
        file);
  }
  if (options.thinking && !OpensThought(text) && text == ProbeText(tokenizer, false, file)) {
    Warn(
        "{}: generator.thinking is true, and the model's chat template has no switch for it; where "
        "the model does not think of itself, set it to false",
        file);
  }
}

PrefixPtr ChatPrefix(const Tokenizer& tokenizer, std::span<const ChatMessage> messages,
                     bool thinking) {
  return RootOf(tokenizer, ChatText(tokenizer, messages, thinking), /*parse_special=*/true);
}

PrefixPtr PlainPrefix(const Tokenizer& tokenizer, std::string_view text) {
  return RootOf(tokenizer, text, /*parse_special=*/false);
}

}  // namespace pgts::llm
