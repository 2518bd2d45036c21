// SPDX-License-Identifier: Apache-2.0
// Reads the answer at a place where it is expected: after "####", in a box, after "the answer is".
// A place holds one number with its decoration (markup, currency, unit words, an aside in
// parentheses), or the result of a calculation, or nothing definite:
//
//   "$1,200 dollars."                      1200
//   "18 (since 9 + 9 = 18)", "18: 9 at 2"  18; so before "because", "since", a dash, ", so"
//   "9 + 9 = 18", "x = 18", "about 18"     18, not in form
//   "5 or 6", "5-6", "5, 6", "3:4"         unclear: two numbers
//   "2 hours and 30 minutes"               unclear: a quantity of two parts
//   "12/05/2023", "3:30"                   unclear: a date, a clock time ("3:00" is 3)
//   "9 + 9", "2^4", "\sqrt{2}", "18²"      unclear: a calculation that nobody carried out
//   "eighteen", ""                         nothing
//
// All texts are folded (task/fold_text.h).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pgts::task {

struct PlaceReading {
  enum class Kind { kNothing, kNumber, kUnclear };
  Kind kind = Kind::kNothing;
  std::string number;    // in normal form
  bool in_form = false;  // the number comes first and is no result
  size_t length = 0;     // of the sentence that was read
};

enum class PlaceKind {
  kMark,      // words may come before the number, which is then not in form
  kBox,       // the same; a letter after the number is a variable
  kSentence,  // the number comes first
};

// Of a place that decides: where it holds nothing, no other place is read and there is no answer.
inline PlaceReading Committed(PlaceReading reading) {
  if (reading.kind == PlaceReading::Kind::kNothing) reading.kind = PlaceReading::Kind::kUnclear;
  return reading;
}

// `line` begins at the place and ends with its line or box at the latest.
PlaceReading ReadPlace(std::string_view line, PlaceKind kind);

}  // namespace pgts::task
