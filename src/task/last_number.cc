// SPDX-License-Identifier: Apache-2.0
#include "task/last_number.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

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

// The offset after the date or clock time at text[at]; npos: none is there.
size_t EndOfDateOrTime(std::string_view text, size_t at) {
  static const RE2 kPattern(R"(\d{1,4}([-/.])\d{1,2}[-/.]\d{2,4}\b|\d{1,2}(?::\d{1,2})+\b)");
  return IsDigit(text[at]) ? FirstMatch(text, kPattern, at, RE2::ANCHOR_START).end : text.npos;
}

std::string_view WithoutBlanksAtEnd(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t") + 1);  // npos + 1 is 0
}

// The second number of "9 * 2", "10-3", "2^4", where `before` is the text before it.
bool IsOperand(std::string_view before) {
  constexpr std::array<std::string_view, 8> kOperators = {"+", "-", "*", "/", "x", "×", "÷", "^"};
  before = WithoutBlanksAtEnd(before);
  const auto* const sign = std::ranges::find_if(
      kOperators, [before](std::string_view one) { return before.ends_with(one); });
  if (sign == kOperators.end()) return false;
  before = WithoutBlanksAtEnd(before.substr(0, before.size() - sign->size()));
  if (before.empty()) return false;
  const char last = before.back();
  const bool may_have_unit = *sign == "+" || *sign == "×" || *sign == "÷";
  return IsDigit(last) || last == ')' || last == '%' || (may_have_unit && IsLetter(last));
}

// Part of a name or a unit: "CO2", "H_2", "m2", "cm^2".
bool IsGlued(std::string_view text, size_t at) {
  if (at == 0 || !IsDigit(text[at])) return false;
  const char before = text[at - 1];
  return IsLetter(before) || before == '^' || (before == '_' && at > 1 && IsLetter(text[at - 2]));
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

// A number that counts or names something else.
bool IsLabel(std::string_view text, size_t at, size_t end) {
  return IsGlued(text, at) || IsStepNumber(text, at) || IsItemNumber(text, at, end);
}

}  // namespace

std::optional<std::string> LastNumber(std::string_view text) {
  std::optional<NumberSpan> last;
  for (size_t at = 0; at < text.size();) {
    if (!MayBegin(text, at)) {
      ++at;
      continue;
    }
    if (const size_t end = EndOfDateOrTime(text, at); end != text.npos) {
      at = end;
      continue;
    }
    const std::optional<NumberSpan> number = ScanNumber(text, at);
    const size_t end = number ? number->end : at + 1;
    if (number && IsOperand(text.substr(0, at))) {
      last.reset();
    } else if (number && !IsLabel(text, at, end)) {
      last = number;
    }
    at = end;
  }
  return last ? NormalForm(*last) : std::nullopt;
}

}  // namespace pgts::task
