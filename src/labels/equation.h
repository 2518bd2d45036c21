// SPDX-License-Identifier: Apache-2.0
// The arithmetic inside a line of a reference solution: "14+9=23", "She has 48 / 2 = $24 left".
// Whole numbers only; lines with other arithmetic have no equation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgts::labels {

struct Equation {
  int64_t left = 0;
  char operation = '+';  // + - * /
  int64_t right = 0;
  int64_t result = 0;
  bool times_is_x = false;  // * is written as x
  // The line is before left left_space operation right_space right middle result after.
  std::string before, left_space, right_space, middle, after;

  std::string Line() const;
};

// left operation right, or nothing where it is not a whole number >= 0 that 64 bits hold (or
// divides by zero).
std::optional<int64_t> Evaluate(int64_t left, char operation, int64_t right);

// The line's only equation; nothing if there is none, several, or one that is not true.
std::optional<Equation> ParseEquation(std::string_view line);

// Whole numbers that stand alone in the text ("23", "1,200"; not the parts of "2.5"), in order.
std::vector<int64_t> Numbers(std::string_view text);

}  // namespace pgts::labels
