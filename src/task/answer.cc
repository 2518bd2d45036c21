// SPDX-License-Identifier: Apache-2.0
#include "task/answer.h"

#include <re2/re2.h>

#include "task/number.h"

namespace pgts::task {
namespace {

constexpr std::string_view kAnswerMark = "####";
constexpr std::string_view kBlanks = " \t";

std::string_view SkipBlanks(std::string_view text) {
  const size_t at = text.find_first_not_of(kBlanks);
  return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "14+9" and "18=18" begin with a number but are not one.
bool GoesOnAsExpression(std::string_view rest) {
  if (rest.empty()) return false;
  if (std::string_view("+*=^/").find(rest[0]) != std::string_view::npos) return true;
  return rest[0] == '-' && rest.size() > 1 && IsDigit(rest[1]);
}

std::optional<std::string> Strict(std::string_view text) {
  const size_t mark = text.rfind(kAnswerMark);
  if (mark == std::string_view::npos) return std::nullopt;
  std::string_view line = text.substr(mark + kAnswerMark.size());
  line = SkipBlanks(line.substr(0, line.find('\n')));
  const std::optional<NumberSpan> number = ScanNumber(line, 0);
  if (!number || GoesOnAsExpression(line.substr(number->end))) return std::nullopt;
  return NormalForm(*number);
}

std::optional<std::string> Boxed(std::string_view text) {
  constexpr std::string_view kBox = "\\boxed{";
  const size_t at = text.rfind(kBox);
  if (at == std::string_view::npos) return std::nullopt;
  return NormaliseNumber(text.substr(at + kBox.size()));
}

std::optional<std::string> Stated(std::string_view text) {
  static const RE2 pattern(R"((?im)(?:\banswer(?:[ \t]+is)?|^[ \t]*A:)[ \t*:=(\\]*)");
  std::optional<std::string> stated;
  re2::StringPiece rest(text.data(), text.size());
  while (RE2::FindAndConsume(&rest, pattern)) {
    // The pattern may have eaten the backslash of "\$" or "\frac"; the number is still found.
    std::optional<std::string> number = NormaliseNumber({rest.data(), rest.size()});
    if (number) stated = std::move(number);
  }
  return stated;
}

// A '-' after a digit, a letter or a bracket is a subtraction or a hyphen.
bool MayBeSign(std::string_view text, size_t at) {
  return at == 0 || std::string_view(" \t\n=(:[{*,").find(text[at - 1]) != std::string_view::npos;
}

std::optional<std::string> LastNumber(std::string_view text) {
  std::optional<NumberSpan> last;
  for (size_t at = 0; at < text.size();) {
    const bool signed_here = text[at] == '-' && MayBeSign(text, at);
    if (!signed_here && text[at] != '$' && text[at] != '.' && !IsDigit(text[at])) {
      ++at;
      continue;
    }
    const std::optional<NumberSpan> number = ScanNumber(text, at);
    if (number) last = number;
    at = number ? number->end : at + 1;
  }
  return last ? NormalForm(*last) : std::nullopt;
}

}  // namespace

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRight: return "right";
    case Verdict::kWrong: return "wrong";
    case Verdict::kNoAnswer: return "no_answer";
  }
  return "?";
}

std::optional<std::string> NormaliseNumber(std::string_view text) {
  static const RE2 fraction(R"(^(-?)\\?[dt]?frac\{(\d+)\}\{(\d+)\})");
  text = SkipBlanks(text);
  std::string sign, p, q;
  if (RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), fraction, &sign, &p, &q)) {
    return NormalForm({.negative = !sign.empty(), .whole = p, .denominator = q});
  }
  const std::optional<NumberSpan> number = ScanNumber(text, 0);
  return number ? NormalForm(*number) : std::nullopt;
}

std::optional<std::string> ExtractNumber(std::string_view text, AnswerRule rule) {
  std::optional<std::string> answer = Strict(text);
  if (rule == AnswerRule::kStrict) return answer;
  if (!answer) answer = Boxed(text);
  if (!answer) answer = Stated(text);
  if (!answer) answer = LastNumber(text);
  return answer;
}

}  // namespace pgts::task
