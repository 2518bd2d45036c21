// SPDX-License-Identifier: Apache-2.0
// Where a number stands in a folded text (task/fold_text.h), and its normal form (task/answer.h).
//
// Thousands separators: "1,234,567", "12,34,567" (Indian), "1'234", "1_234", thin spaces; with a
// second sign to tell them from decimal points: "1.234.567", "1.234,50". After a number without
// other decimals: "1/2", a proper fraction ("2 1/2" is a mixed number), "e3", "× 10^3", "thousand"
// to "trillion", "k", and beside a currency sign "M", "B". In an answer's own place also blanks
// within ("1 234", "1 / 2", "- 7"), and a comma before one or two digits is a decimal comma; in
// prose that would join the items of a list, so it is one only beside a currency sign.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgts::task {

enum class NumberPlace {
  kProse,
  kAnswer,
  kOperand,  // of a calculation: "/" divides, and no "e3" or "thousand" follows
};

// The parts of one number, as views into the text that was scanned.
struct NumberSpan {
  bool negative = false;
  std::string_view whole;        // digits and thousands separators; may be empty (".5")
  std::string_view fraction;     // digits after the point
  std::string_view numerator;    // of a mixed number; empty: `whole` is the numerator
  std::string_view denominator;  // digits after '/'; empty: not a quotient
  int exponent = 0;              // times ten to the power of it
  size_t end = 0;                // offset after the number
};

// The number that begins exactly at text[at] (sign, currency sign and digits included).
std::optional<NumberSpan> ScanNumber(std::string_view text, size_t at,
                                     NumberPlace place = NumberPlace::kProse);

// nullopt for a zero denominator, and for a mixed or scaled quotient with parts too long to add up.
std::optional<std::string> NormalForm(const NumberSpan& number);

// Of a number that is no quotient; rounded.
double ToDouble(const NumberSpan& number);

// Whether digits, or a point and digits, stand at text[at].
bool BeginsNumber(std::string_view text, size_t at);

// All numbers of a text in their order, read as operands: without their signs.
std::vector<double> Numbers(std::string_view text);

}  // namespace pgts::task
