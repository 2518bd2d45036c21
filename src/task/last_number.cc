// SPDX-License-Identifier: Apache-2.0
#include "task/last_number.h"

#include <re2/re2.h>

#include <algorithm>

#include "task/number.h"
#include "task/text.h"

namespace pgts::task {
namespace {

// A '-' after a digit, a letter or a bracket is a subtraction or a hyphen.
bool MayBeSign(std::string_view text, size_t at) {
  return at == 0 || std::string_view(" \t\n=(:[{*,").find(text[at - 1]) != std::string_view::npos;
}

bool MayBegin(std::string_view text, size_t at) {
  const char c = text[at];
  return IsDigit(c) || c == '$' || c == '.' || (c == '-' && MayBeSign(text, at));
}

// The length of a date or clock time at the start; 0: none there.
size_t DateOrTime(std::string_view text) {
  static const RE2 kPattern(R"(\d{1,4}([-/.])\d{1,2}[-/.]\d{2,4}\b|\d{1,2}:\d{1,2}\b)");
  static const RE2 kFullHour(R"(\d{1,2}:00\b)");
  const re2::StringPiece piece(text.data(), text.size());
  re2::StringPiece found;
  if (!kPattern.Match(piece, 0, text.size(), RE2::ANCHOR_START, &found, 1)) return 0;
  if (kFullHour.Match(piece, 0, text.size(), RE2::ANCHOR_START, nullptr, 0)) return 0;
  return found.size();
}

bool IsStepNumber(std::string_view text, size_t at) {
  if (at < 5) return false;
  std::string before(text.substr(at - 5, 5));
  before[0] |= 0x20;
  return before == "step ";
}

// Whether only blanks and a heading's signs stand before text[at] on its line.
bool OpensLine(std::string_view text, size_t at) {
  constexpr size_t kMost = 12;  // bounds the work
  const std::string_view before = text.substr(at - std::min(at, kMost), std::min(at, kMost));
  const size_t last = before.find_last_not_of(" \t#");
  return last == before.npos ? at <= kMost : before[last] == '\n';
}

bool IsItemNumber(std::string_view text, size_t at, size_t end) {
  if (end - at > 2 || end + 2 >= text.size()) return false;
  const bool marked = (text[end] == '.' || text[end] == ')') && text[end + 1] == ' ';
  return marked && text[end + 2] != '\n' && OpensLine(text, at);
}

}  // namespace

std::optional<std::string> LastNumber(std::string_view text) {
  std::optional<NumberSpan> last;
  for (size_t at = 0; at < text.size();) {
    if (!MayBegin(text, at)) {
      ++at;
      continue;
    }
    if (const size_t length = IsDigit(text[at]) ? DateOrTime(text.substr(at)) : 0; length > 0) {
      last.reset();
      at += length;
      continue;
    }
    const std::optional<NumberSpan> number = ScanNumber(text, at);
    if (number && !IsStepNumber(text, at) && !IsItemNumber(text, at, number->end)) last = number;
    at = number ? number->end : at + 1;
  }
  return last ? NormalForm(*last) : std::nullopt;
}

}  // namespace pgts::task
