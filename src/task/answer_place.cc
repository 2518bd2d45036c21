// SPDX-License-Identifier: Apache-2.0
#include "task/answer_place.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <optional>

#include "task/number.h"
#include "task/text.h"

namespace pgts::task {
namespace {

using Kind = PlaceReading::Kind;

constexpr std::string_view kDigits = "0123456789";

bool BeginsWith(std::string_view text, const RE2& pattern) {
  return FirstMatch(text, pattern, 0, RE2::ANCHOR_START).begin == 0;
}

std::string_view UpTo(std::string_view text, const RE2& pattern) {
  return text.substr(0, FirstMatch(text, pattern).begin);
}

// Markup as blanks.
std::string WithoutMarkup(std::string_view line) {
  std::string plain(line);
  for (const std::string_view mark : {"\\boxed", "\\fbox", "**", "__", "`", "{", "}", "|"}) {
    for (size_t at = plain.find(mark); at != std::string::npos; at = plain.find(mark, at)) {
      std::fill_n(plain.begin() + static_cast<ptrdiff_t>(at), mark.size(), ' ');
    }
  }
  return plain;
}

size_t AfterDecoration(std::string_view text) {
  static const RE2 kDecoration(R"((?:[ \t*_"'(\[<~=:>]|≈)*)");
  return FirstMatch(text, kDecoration, 0, RE2::ANCHOR_START).end;
}

// Up to where the sentence of its first number ends.
std::string_view FirstSentence(std::string_view text) {
  static const RE2 kSentenceEnd(R"([.!?](?:\s|$))");
  const size_t digit = text.find_first_of(kDigits);
  return text.substr(0, FirstMatch(text, kSentenceEnd, digit).begin);
}

// An operator, a ratio, a date, a second number: the number before it is only a part.
bool GoesOn(std::string_view rest, PlaceKind kind) {
  static const RE2 kGoesOn(
      R"(\s*[-+*/×÷±^xX]\s*\$?\.?\d|\s*[+×÷±√π]|[*^][A-Za-z(]|[.,—]\d|[\s\x1f]+\d)"
      R"(|:\d|\s+:\s*\d|:\s*[\d.,]+\W*$|[²³¹⁰⁴⁵⁶⁷⁸⁹]|\s*\\[A-Za-z]|\s*(?:multipli|divid)ed by)");
  static const RE2 kVariable(R"(\s*[xyn]\b)");
  if (BeginsWith(rest, kGoesOn)) return true;
  return kind == PlaceKind::kBox && BeginsWith(rest, kVariable);
}

// "or 6", "apples and 6", "to 6", ", 6, 7", "apples, 5 pears": another number beside `value`.
bool NamesAnother(std::string_view rest, const std::string& value) {
  static const RE2 kJoined(
      R"((?i)^[\s,%°$]*(?:\pL[\pL\pN'./²³-]*,?\s+){0,3}(?:or|and|to)\s+(\$?-?[\d.,]*\d))");
  static const RE2 kListed(
      R"((?i)^(?:\s*(?:\pL+\s*){0,2}(?:[,;&]|\band\b|\bor\b)+\s*(\$?-?[\d.,]*\d))+)"
      R"((?:\s*\pL+){0,2}[\s)\].%"'*_]*$)");
  re2::StringPiece found;
  if (!RE2::PartialMatch(Piece(rest), kJoined, &found) &&
      !RE2::PartialMatch(Piece(rest), kListed, &found)) {
    return false;
  }
  const std::string text(found);
  const std::optional<NumberSpan> other = ScanNumber(text, 0, NumberPlace::kAnswer);
  return !other || NormalForm(*other) != value;
}

// "5 feet 3 inches": a unit and then a number, with no word such as "of" between them.
bool HasSecondPart(std::string_view rest) {
  static const RE2 kUnitAndNumber(R"((?i)^\s*(\pL+)\.?\s+\d)");
  constexpr std::array<std::string_view, 16> kJoiners = {
      "of", "out", "per", "for",  "in",   "at", "by", "with",
      "on", "is",  "are", "from", "than", "as", "or", "after"};
  std::string word;
  return RE2::PartialMatch(Piece(rest), kUnitAndNumber, &word) &&
         std::ranges::find(kJoiners, word) == kJoiners.end();
}

// Whether a number of this value is all that is said, given what follows it in its sentence.
bool IsWhole(std::string_view rest, const std::string& value, PlaceKind kind) {
  static const RE2 kFullHour(R"(:00\b)");
  static const RE2 kReason(R"((?i)\(|:\s|\b(?:because|since|as|so|given|if|when|where|which)\b)");
  static const RE2 kAside(R"([,;]\s*\pL|\s[-—]\s)");
  if (BeginsWith(rest, kFullHour)) rest.remove_prefix(3);
  if (GoesOn(rest, kind)) return false;
  rest = UpTo(rest, kReason);
  if (NamesAnother(rest, value)) return false;
  rest = UpTo(rest, kAside);
  return !HasSecondPart(rest) && rest.find('=') == rest.npos;
}

// The value at text[at] if it is whole.
std::optional<std::string> WholeAt(std::string_view text, const NumberSpan& number,
                                   PlaceKind kind) {
  std::optional<std::string> value = NormalForm(number);
  const std::string_view rest = text.substr(std::min(number.end, text.size()));
  return value && IsWhole(rest, *value, kind) ? value : std::nullopt;
}

// The first number of one side of an equation, words before it or not.
PlaceReading ReadSide(std::string_view side, PlaceKind kind) {
  for (size_t at = 0; at < side.size(); ++at) {
    const bool glued = at > 0 && (IsLetter(side[at - 1]) || IsDigit(side[at - 1]));
    if (glued || side[at] == ' ') continue;  // "A4" holds no number
    const std::optional<NumberSpan> number = ScanNumber(side, at, NumberPlace::kAnswer);
    if (!number) continue;
    const std::string_view before = side.substr(0, at);
    const bool computes = before.find('\\') != before.npos || before.find("√") != before.npos;
    const auto value = computes ? std::nullopt : WholeAt(side, *number, kind);
    if (!value) return {.kind = Kind::kUnclear};
    return {.kind = Kind::kNumber, .number = *value};
  }
  return {};
}

// The last side that is a number: a result stands last, or before its reasons.
PlaceReading ReadSides(std::string_view sentence, PlaceKind kind) {
  PlaceReading best;
  for (size_t end = sentence.size();;) {
    const size_t sign = end == 0 ? sentence.npos : sentence.rfind('=', end - 1);
    const size_t begin = sign == sentence.npos ? 0 : sign + 1;
    PlaceReading side = ReadSide(sentence.substr(begin, end - begin), kind);
    if (side.kind == Kind::kNumber) return side;
    if (side.kind == Kind::kUnclear) best = side;
    if (sign == sentence.npos) return best;
    end = sign;
  }
}

PlaceReading ReadSentence(std::string_view sentence, PlaceKind kind) {
  static const RE2 kTwoUnknowns(
      R"((?i)\b[a-z]\s*=\s*\$?-?[\d.,/]*\d\s*(?:[,;]|\band\b)\s*[a-z]\s*=)");
  if (RE2::PartialMatch(Piece(sentence), kTwoUnknowns)) return {.kind = Kind::kUnclear};
  const std::optional<NumberSpan> number =
      ScanNumber(sentence, AfterDecoration(sentence), NumberPlace::kAnswer);
  if (!number && kind == PlaceKind::kSentence) return {};
  if (number) {
    const std::optional<std::string> value = WholeAt(sentence, *number, kind);
    if (value) return {.kind = Kind::kNumber, .number = *value, .in_form = true};
  }
  return ReadSides(sentence, kind);
}

}  // namespace

PlaceReading ReadPlace(std::string_view line, PlaceKind kind) {
  if (line.find_first_of(kDigits) == line.npos) return {};
  const std::string plain = WithoutMarkup(line);
  const std::string_view sentence = FirstSentence(plain);
  PlaceReading reading = ReadSentence(sentence, kind);
  reading.length = sentence.size();
  return reading;
}

}  // namespace pgts::task
