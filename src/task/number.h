// SPDX-License-Identifier: Apache-2.0
// Where a number stands in a text, and its normal form (task/answer.h states it).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pgts::task {

// The parts of one number, as views into the text that was scanned.
struct NumberSpan {
  bool negative = false;
  std::string_view whole;        // digits and thousands separators; may be empty (".5")
  std::string_view fraction;     // digits after the point
  std::string_view denominator;  // digits after '/'; empty: not a quotient
  size_t end = 0;                // offset after the number
};

// The number that begins exactly at text[at] (sign, currency sign and digits included).
std::optional<NumberSpan> ScanNumber(std::string_view text, size_t at);

// nullopt for a zero denominator.
std::optional<std::string> NormalForm(const NumberSpan& number);

}  // namespace pgts::task
