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
#include "task/text.h"

namespace pgts::task {
namespace {

using Kind = PlaceReading::Kind;

constexpr std::string_view kAnswerMark = "####";
// What is read of a sentence. Bounds the work where a text has very many of them.
constexpr size_t kPlaceBytes = 512;

// Offsets after each match.
std::vector<size_t> EndsOf(const RE2& pattern, std::string_view text) {
  std::vector<size_t> ends;
  re2::StringPiece rest = Piece(text);
  while (RE2::FindAndConsume(&rest, pattern)) ends.push_back(text.size() - rest.size());
  return ends;
}

// The text without what follows an answer and a new question.
std::string_view OwnText(std::string_view text) {
  static const RE2 kQuestion(
      R"((?im)^[ \t#*]*(?:Q|Question|Problem|User|Human)\b[ \t]*\d*[ \t]*(?:[:.*]|$))");
  static const RE2 kAnswer(R"((?im)####[^\n]*?\d|\\boxed[^\n]*?\d)"
                           R"(|(?:\banswer(?:[ \t]+is)?|^[ \t]*A:)[ \t*:=("'$]*-?[$]*\d)");
  const size_t start = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const re2::StringPiece all = Piece(text);
  if (kQuestion.Match(all, start, text.size(), RE2::ANCHOR_START, nullptr, 0)) return text;
  re2::StringPiece found;
  if (!kAnswer.Match(all, 0, text.size(), RE2::UNANCHORED, &found, 1)) return text;
  const auto answered = static_cast<size_t>(found.data() + found.size() - text.data());
  if (!kQuestion.Match(all, answered, text.size(), RE2::UNANCHORED, &found, 1)) return text;
  return text.substr(0, static_cast<size_t>(found.data() - text.data()));
}

PlaceReading Boxed(std::string_view text) {
  const std::optional<std::string_view> box = LastBox(text);
  if (!box || box->find_first_not_of(" \t\n{}") == box->npos) return {};
  return Committed(ReadPlace(*box, PlaceKind::kBox));
}

// The last sentence that says what the answer is.
PlaceReading Stated(std::string_view text) {
  static const RE2 kSays(
      R"((?im)(?:\banswer(?:[ \t]+(?:is|was|would be|should be|will be|equals))?|^[ \t]*A:))"
      R"([ \t*:=("'>\\]*)"
      R"((?:(?:approximately|about|around|roughly|exactly|therefore|thus|then|now|simply|only|just)"
      R"(|equal to|between|from)[ \t]+)*)");
  const std::vector<size_t> ends = EndsOf(kSays, text);
  for (size_t i = ends.size(); i-- > 0;) {
    const std::string_view said = FirstLine(text.substr(ends[i], kPlaceBytes));
    const PlaceReading reading = ReadPlace(said, PlaceKind::kSentence);
    if (reading.kind != Kind::kNothing) return reading;
  }
  return {};
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
  for (const auto& read : {Marked, Boxed, Stated, Named}) {
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
