// SPDX-License-Identifier: Apache-2.0
// A model's chat template (jinja), rendered by llama.cpp's engine as jinja2 renders it.
//
// It is given `messages`, `bos_token`, `eos_token`, `add_generation_prompt` = true and the switches
// for thinking under every name that templates ask for:
//
//   name                             thinking off   on
//   enable_thinking, thinking,       false          true      Qwen3, GLM, SmolLM3, DeepSeek V3.1,
//   reasoning                                                 Granite 3, Kimi, Command A
//   thinking_mode                    "disabled"     "enabled" MiniMax M3
//   thinking_budget                  0              -         Seed-OSS
//   reasoning_effort                 the lowest     -         gpt-oss, Solar, Command, Hunyuan
//   "/no_think" in the system text   if need be     -         Nemotron Nano
//
// (-: not given, the template's default. The lowest effort is the first of "none", "no_think" and
// "minimal" that the template names, else "low"; where it knows "no_think", which is then its
// default, thinking on is "high".)
//
// A template that refuses or leaves out a system text (Gemma) gets it at the head of the first
// user's; one that does not take texts gets lists of parts. "Today" is always kTemplateDate, so
// that a prompt is the same every day.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "llm/tokenizer.h"

namespace pgts::llm {

// What Llama 3's template takes where it is told no date.
inline constexpr std::string_view kTemplateDate = "2024-07-26";

// Immutable; may be shared by threads.
class LlamaChatTemplate {
 public:
  struct Parts {
    std::string source;  // "": there is none
    std::string bos, eos;
  };
  explicit LlamaChatTemplate(Parts parts);
  ~LlamaChatTemplate();
  LlamaChatTemplate(const LlamaChatTemplate&) = delete;
  LlamaChatTemplate& operator=(const LlamaChatTemplate&) = delete;

  std::string_view source() const { return parts_.source; }
  // The conversation with the assistant's next turn opened. Error, one line, for a template that
  // does not parse, or that takes these messages in no form.
  std::string Render(std::span<const ChatMessage> messages, bool thinking) const;

 private:
  struct Program;
  struct Rendering;
  using Messages = std::vector<ChatMessage>;

  Rendering Execute(const Messages& messages, bool thinking, bool as_parts) const;
  std::string RenderSomehow(const Messages& messages, bool thinking) const;
  std::optional<std::string_view> Effort(bool thinking) const;
  bool Names(std::string_view word) const;  // as a text of its own, in quotes

  Parts parts_;
  std::unique_ptr<const Program> program_;  // null: it does not parse
  std::string fault_;                       // why not
};

}  // namespace pgts::llm
