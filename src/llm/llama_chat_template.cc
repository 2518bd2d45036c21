// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_chat_template.h"

#include <jinja/lexer.h>
#include <jinja/parser.h>
#include <jinja/runtime.h>

#include <algorithm>
#include <ctime>
#include <exception>
#include <iterator>
#include <utility>

#include "base/error.h"
#include "llm/prompt.h"

namespace pgts::llm {
namespace {

constexpr std::string_view kNoThink = "/no_think";  // a system text's switch

// Noon of kTemplateDate, wherever this runs: the engine writes dates in local time.
std::time_t TemplateTime() {
  std::tm noon{};
  strptime(kTemplateDate.data(), "%Y-%m-%d", &noon);
  noon.tm_hour = 12;
  noon.tm_isdst = -1;
  return std::mktime(&noon);
}

std::string_view FirstLine(std::string_view text) { return text.substr(0, text.find('\n')); }

// The engine's report of a fault, which shows the source around it, as "line 3, column 7: fault".
std::string OneLine(std::string_view report) {
  constexpr std::string_view kWhere = " at line ", kIn = " in source",
                             kWhat = "Error: ", kRaised = "Jinja Exception: ";
  std::string line;
  const size_t where = report.find(kWhere), in = report.find(kIn);
  if (where != report.npos && in != report.npos && where < in) {
    line = std::string(report.substr(where + 4, in - where - 4)) + ": ";
  }
  if (const size_t what = report.rfind(kWhat); what != report.npos) {
    report.remove_prefix(what + kWhat.size());
  }
  if (report.starts_with(kRaised)) report.remove_prefix(kRaised.size());
  return line + std::string(FirstLine(report));
}

std::string WithoutBlanks(std::string_view text) {
  std::string kept;
  std::ranges::copy_if(text, std::back_inserter(kept), [](char c) {
    return std::string_view(" \t\r\n").find(c) == std::string_view::npos;
  });
  return kept;
}

// Blanks aside, which templates trim.
bool HoldsAll(std::string_view text, std::span<const ChatMessage> messages) {
  const std::string whole = WithoutBlanks(text);
  return std::ranges::all_of(messages, [&](const ChatMessage& message) {
    return whole.find(WithoutBlanks(message.content)) != whole.npos;
  });
}

// The system text before the first user's.
std::vector<ChatMessage> MergeSystem(const std::vector<ChatMessage>& messages) {
  if (messages.size() < 2 || messages[0].role != "system") return messages;
  std::vector<ChatMessage> merged(messages.begin() + 1, messages.end());
  merged[0].content = messages[0].content + "\n\n" + merged[0].content;
  return merged;
}

std::vector<ChatMessage> WithNoThink(std::vector<ChatMessage> messages) {
  if (messages.empty() || messages[0].role != "system") {
    messages.insert(messages.begin(), {"system", std::string(kNoThink)});
  } else {
    messages[0].content += "\n" + std::string(kNoThink);
  }
  return messages;
}

jinja::value TextValue(std::string_view text) {
  return jinja::mk_val<jinja::value_string>(std::string(text));
}

jinja::value Content(const std::string& text, bool as_parts) {
  if (!as_parts) return TextValue(text);
  const auto part = jinja::mk_val<jinja::value_object>();
  part->insert("type", TextValue("text"));
  part->insert("text", TextValue(text));
  const auto parts = jinja::mk_val<jinja::value_array>();
  parts->push_back(jinja::value(part));
  return parts;
}

jinja::value MessagesValue(std::span<const ChatMessage> messages, bool as_parts) {
  const auto list = jinja::mk_val<jinja::value_array>();
  for (const ChatMessage& message : messages) {
    const auto item = jinja::mk_val<jinja::value_object>();
    item->insert("role", TextValue(message.role));
    item->insert("content", Content(message.content, as_parts));
    list->push_back(jinja::value(item));
  }
  return list;
}

}  // namespace

struct LlamaChatTemplate::Program {
  jinja::program tree;
  std::string source;  // as the lexer keeps it: what places of faults refer to
};

// A text, or why there is none.
struct LlamaChatTemplate::Rendering {
  std::optional<std::string> text;
  std::string fault;
};

LlamaChatTemplate::LlamaChatTemplate(Parts parts) : parts_(std::move(parts)) {
  if (parts_.source.empty()) return;
  try {
    jinja::lexer lexer;
    jinja::lexer_result tokens = lexer.tokenize(parts_.source);
    auto program = std::make_unique<Program>();
    program->tree = jinja::parse_from_tokens(tokens);
    program->source = std::move(tokens.source);
    program_ = std::move(program);
  } catch (const std::exception& error) {
    fault_ = OneLine(error.what());
  }
}

LlamaChatTemplate::~LlamaChatTemplate() = default;

bool LlamaChatTemplate::Names(std::string_view word) const {
  return std::ranges::any_of(std::string_view("'\""), [&](char quote) {
    return parts_.source.find(quote + std::string(word) + quote) != std::string::npos;
  });
}

std::optional<std::string_view> LlamaChatTemplate::Effort(bool thinking) const {
  if (thinking) return Names("no_think") ? std::optional<std::string_view>("high") : std::nullopt;
  for (const std::string_view effort : {"none", "no_think", "minimal"}) {
    if (Names(effort)) return effort;
  }
  return "low";
}

LlamaChatTemplate::Rendering LlamaChatTemplate::Execute(const Messages& messages, bool thinking,
                                                        bool as_parts) const {
  jinja::context context(program_->source);
  context.current_time = TemplateTime();
  context.set_val("messages", MessagesValue(messages, as_parts));
  context.set_val("bos_token", TextValue(parts_.bos));
  context.set_val("eos_token", TextValue(parts_.eos));
  context.set_val("add_generation_prompt", jinja::mk_val<jinja::value_bool>(true));
  for (const char* name : {"enable_thinking", "thinking", "reasoning"}) {
    context.set_val(name, jinja::mk_val<jinja::value_bool>(thinking));
  }
  context.set_val("thinking_mode", TextValue(thinking ? "enabled" : "disabled"));
  if (!thinking) context.set_val("thinking_budget", jinja::mk_val<jinja::value_int>(0));
  if (const auto effort = Effort(thinking)) context.set_val("reasoning_effort", TextValue(*effort));
  try {
    jinja::runtime runtime(context);
    const jinja::value result = runtime.execute(program_->tree);
    return {.text = jinja::runtime::gather_string_parts(result)->as_string().str()};
  } catch (const std::exception& error) {
    return {.fault = OneLine(error.what())};
  }
}

std::string LlamaChatTemplate::RenderSomehow(const Messages& messages, bool thinking) const {
  const Messages merged = MergeSystem(messages);
  std::optional<std::string> incomplete;
  std::string fault;
  for (const bool as_parts : {false, true}) {
    for (const Messages* form : {&messages, &merged}) {
      Rendering rendering = Execute(*form, thinking, as_parts);
      if (rendering.text && HoldsAll(*rendering.text, messages)) return *std::move(rendering.text);
      if (!incomplete) incomplete = std::move(rendering.text);
      if (fault.empty()) fault = std::move(rendering.fault);
    }
  }
  // Some write a text otherwise, such as with its special characters escaped.
  if (incomplete) return *std::move(incomplete);
  throw Error::Format("the model's chat template cannot be used ({}); use --prompt plain", fault);
}

std::string LlamaChatTemplate::Render(std::span<const ChatMessage> messages, bool thinking) const {
  if (!program_) {
    throw Error::Format("the model's chat template cannot be read ({}); use --prompt plain",
                        parts_.source.empty() ? "there is none" : fault_);
  }
  const Messages given(messages.begin(), messages.end());
  std::string text = RenderSomehow(given, thinking);
  const bool by_text = !thinking && OpensThought(text) && Names(kNoThink);
  return by_text ? RenderSomehow(WithNoThink(given), thinking) : text;
}

}  // namespace pgts::llm
