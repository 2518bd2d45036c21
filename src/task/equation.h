// SPDX-License-Identifier: Apache-2.0
// The one reader of arithmetic. An equation is a calculation, "=", and its result, on one line:
//
//   "14+9=23", "She has 48 / 2 = $24 left", "3 × (2 + 4) = 18", "20% x 1,200 = 240"
//
// Calculations have + - * / (also x, × and ÷), signs, brackets and "%" behind a number. Words
// around them do not matter ("(so 3 + 4 = 7)", "1. 3 + 4 = 7", "- 3 + 4 = 7"); within them they do
// ("3 pens + 4 = 7" is not read). In "5 + 3 = 4 + 4 = 8" the first result is a calculation too. Not
// read are division by zero and what has no operation ("x = 5").
//
// Linear in the length of the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgts::task {

struct Equation {
  // Views into the text, from the first operand to the last.
  std::string_view calculation;  // "48 / 2"
  std::string_view result;       // "24", without its currency sign
  // Whether the result is right to half a percent, as rounded results are. Where the result is a
  // calculation, its first number may be meant ("3 * 4 = 12 - 5 = 7") or its value.
  bool holds = false;
};

// In the order in which they end.
std::vector<Equation> FindEquations(std::string_view text);

// A line with one equation of two whole numbers, in parts that can be changed.
struct BinaryEquation {
  int64_t left = 0;
  char operation = '+';  // + - * /
  int64_t right = 0;
  int64_t result = 0;
  bool times_is_x = false;  // * is written as x
  // The line is before left left_space operation right_space right middle result after.
  std::string before, left_space, right_space, middle, after;

  std::string Line() const;
};

// Nothing where the line has no such equation, several equations, or one that is not exactly true.
std::optional<BinaryEquation> ParseBinaryEquation(std::string_view line);

// left operation right, or nothing where it is not a whole number >= 0 that 64 bits hold (or
// divides by zero).
std::optional<int64_t> Evaluate(int64_t left, char operation, int64_t right);

}  // namespace pgts::task
