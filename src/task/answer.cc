// SPDX-License-Identifier: Apache-2.0
#include "task/answer.h"

#include <re2/re2.h>

#include <algorithm>
#include <vector>

#include "task/answer_place.h"
#include "task/boxed.h"
#include "task/fold_text.h"
#include "task/last_number.h"
#include "task/marked_answer.h"
#include "task/number.h"
#include "task/stated_answer.h"
#include "task/text.h"

namespace pgts::task {
namespace {

using Kind = PlaceReading::Kind;

constexpr std::string_view kAnswerMark = "####";
size_t EndOfFirstBox(std::string_view text) {
  static const RE2 kBox(R"(\\boxed[^\n]*?\d)");
  re2::StringPiece found;
  if (!kBox.Match(Piece(text), 0, text.size(), RE2::UNANCHORED, &found, 1)) return text.npos;
  return static_cast<size_t>(found.data() + found.size() - text.data());
}

// The text without what follows an answer and a new question.
std::string_view OwnText(std::string_view text) {
  static const RE2 kQuestion(
      R"((?im)^[ \t#*]*(?:Q|Question|Problem|User|Human)\b[ \t]*\d*[ \t]*(?:[:.*]|$))");
  const size_t start = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const re2::StringPiece all = Piece(text);
  if (kQuestion.Match(all, start, text.size(), RE2::ANCHOR_START, nullptr, 0)) return text;
  const size_t answered =
      std::min({EndOfFirstMarked(text, kAnswerMark), EndOfFirstBox(text), EndOfFirstStated(text)});
  if (answered == text.npos) return text;
  re2::StringPiece found;
  if (!kQuestion.Match(all, answered, text.size(), RE2::UNANCHORED, &found, 1)) return text;
  return text.substr(0, static_cast<size_t>(found.data() - text.data()));
}

PlaceReading Boxed(std::string_view text) {
  const std::optional<std::string_view> box = LastBox(text);
  if (!box || box->find_first_not_of(" \t\n{}") == box->npos) return {};
  return Committed(ReadPlace(*box, PlaceKind::kBox));
}

// "18 is the answer".
PlaceReading Named(std::string_view text) {
  static const RE2 kNames(
      R"((?i)([-$]*[\d.,/]*\d%?(?:[ \t]+\pL+){0,2})[ \t*]+is[ \t]+(?:the|my|our)[ \t]+)"
      R"((?:final[ \t]+|correct[ \t]+|right[ \t]+)?answer\b)");
  re2::StringPiece rest = Piece(text), number, last;
  while (RE2::FindAndConsume(&rest, kNames, &number)) last = number;
  return ReadPlace({last.data(), last.size()}, PlaceKind::kSentence);
}

PlaceReading Marked(std::string_view text) { return LastMarkedAnswer(text, kAnswerMark); }

std::optional<std::string> Flexible(std::string_view text) {
  for (const auto& read : {Marked, Boxed, LastStated, Named}) {
    const PlaceReading reading = read(text);
    if (reading.kind == Kind::kNumber) return reading.number;
    if (reading.kind == Kind::kUnclear) return std::nullopt;
  }
  return LastNumber(text);
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
  const std::string folded = FoldText(text);
  const size_t begin = folded.find_first_not_of(" \t");
  if (begin == std::string::npos) return std::nullopt;
  const std::optional<NumberSpan> number = ScanNumber(folded, begin, NumberPlace::kAnswer);
  return number ? NormalForm(*number) : std::nullopt;
}

std::optional<std::string> ExtractNumber(std::string_view text, AnswerRule rule) {
  constexpr std::string_view kWideMark = "＃";
  const bool marked = text.find(kAnswerMark) != text.npos || text.find(kWideMark) != text.npos;
  if (rule == AnswerRule::kStrict && !marked) return std::nullopt;
  const std::string folded = FoldText(text);
  const std::string_view own = OwnText(folded);
  if (rule == AnswerRule::kFlexible) return Flexible(own);
  const PlaceReading reading = LastMarked(own, kAnswerMark);
  return reading.in_form ? std::optional(reading.number) : std::nullopt;
}

}  // namespace pgts::task
