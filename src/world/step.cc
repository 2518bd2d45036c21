// SPDX-License-Identifier: Apache-2.0
#include "world/step.h"

#include <optional>

#include "base/random.h"
#include "task/own_text.h"

namespace pgts::world {
namespace {

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// Bytes that a character with this first byte takes; 0 if none starts so.
int CharacterLength(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

// Of the second byte: rules out overlong forms, surrogates and what lies beyond U+10FFFF.
bool SecondByteFits(unsigned char first, unsigned char second) {
  if (first == 0xE0) return second >= 0xA0;
  if (first == 0xED) return second < 0xA0;
  if (first == 0xF0) return second >= 0x90;
  if (first == 0xF4) return second < 0x90;
  return true;
}

}  // namespace

bool IsValidUtf8(std::string_view text, bool cut_off) {
  for (size_t i = 0; i < text.size();) {
    const unsigned char first = static_cast<unsigned char>(text[i]);
    const int length = CharacterLength(first);
    if (length == 0) return false;
    for (int k = 1; k < length; ++k) {
      if (i + k >= text.size()) return cut_off;
      const unsigned char byte = static_cast<unsigned char>(text[i + k]);
      if ((byte & 0xC0) != 0x80 || (k == 1 && !SecondByteFits(first, byte))) return false;
    }
    i += length;
  }
  return true;
}

void ReadStep(const task::Task& task, std::string_view text_before, Step& step, bool thinking) {
  const RawStep& raw = step.raw;
  const std::string path_text = std::string(text_before) + raw.text;
  step.truncated = raw.end == llm::StepEnd::kMaxTokens;
  step.text_hash = HashBytes(raw.text);
  // A step that was cut off may have begun what this one ends, or the character this one starts
  // within: so both are read from the whole path.
  const bool valid = IsValidUtf8(path_text, /*cut_off=*/step.truncated);
  std::optional<std::string> answer;
  const bool broken_off =
      raw.end == llm::StepEnd::kContextFull || raw.end == llm::StepEnd::kNothingLeft;
  const bool in_thought = thinking && !task::EndsThinking(path_text);
  if (valid && !step.truncated && !broken_off) {
    if (!IsBlank(raw.text) && !in_thought && task.IsTerminal(path_text)) {
      answer = task.ExtractAnswer(path_text, task::AnswerFilter::kStrict);
    } else if (raw.end == llm::StepEnd::kEndOfText) {
      answer = task.ExtractAnswer(path_text, task::AnswerFilter::kFlexible);
    }
  }
  step.terminal = answer.has_value();
  if (answer) step.answer = *answer;
  step.dead = !step.terminal &&
              (IsBlank(raw.text) || broken_off || raw.end == llm::StepEnd::kEndOfText || !valid);
}

}  // namespace pgts::world
