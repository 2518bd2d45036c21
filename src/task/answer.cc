// SPDX-License-Identifier: Apache-2.0
#include "task/answer.h"

#include <re2/re2.h>

#include <algorithm>

#include "task/answer_place.h"
#include "task/boxed.h"
#include "task/fold_text.h"
#include "task/last_number.h"
#include "task/marked_answer.h"
#include "task/own_text.h"
#include "task/stated_answer.h"
#include "task/text.h"

namespace pgts::task {
namespace {

using Kind = PlaceReading::Kind;

size_t EndOfFirstBox(std::string_view text) {
  static const RE2 kBox(R"(\\boxed[^\n]*?\d)");
  return FirstMatch(text, kBox).end;
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

std::string_view OwnText(std::string_view text, std::string_view mark) {
  text = WithoutThinking(text);
  return WithoutNextQuestion(
      text, std::min({EndOfFirstMarked(text, mark), EndOfFirstBox(text), EndOfFirstStated(text)}));
}

std::optional<std::string> Flexible(std::string_view text, std::string_view mark) {
  PlaceReading reading = LastMarkedAnswer(text, mark);
  for (const auto& read : {Boxed, LastStated, Named}) {
    if (reading.kind == Kind::kNothing) reading = read(text);
  }
  switch (reading.kind) {
    case Kind::kNumber: return reading.number;
    case Kind::kUnclear: return std::nullopt;
    case Kind::kNothing: return LastNumber(text);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> ExtractNumber(std::string_view text, AnswerFilter filter,
                                         std::string_view mark) {
  constexpr std::string_view kWideSharp = "＃";
  const bool marked = text.find(mark) != text.npos || text.find(kWideSharp) != text.npos;
  if (filter == AnswerFilter::kStrict && !marked) return std::nullopt;
  const std::string folded = FoldText(text), folded_mark = FoldText(mark);
  const std::string_view own = OwnText(folded, folded_mark);
  if (filter == AnswerFilter::kFlexible) return Flexible(own, folded_mark);
  const PlaceReading reading = LastMarked(own, folded_mark);
  return reading.in_form ? std::optional(reading.number) : std::nullopt;
}

}  // namespace pgts::task
