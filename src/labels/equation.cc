// SPDX-License-Identifier: Apache-2.0
#include "labels/equation.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <utility>

namespace pgts::labels {
namespace {

// "a op b = c" with an optional currency sign before c.
const RE2& EquationPattern() {
  static const RE2 kPattern(R"((\d+)( *)([-+*/x])( *)(\d+)( *= *\$?)(\d+))");
  return kPattern;
}

bool PartOfNumber(char c) { return (c >= '0' && c <= '9') || c == '.' || c == ','; }

// Whether text[begin, end) is not cut out of a longer number or sum ("1-2+3=2" has no equation).
bool StandsAlone(std::string_view text, size_t begin, size_t end) {
  const size_t left = text.find_last_not_of(' ', begin == 0 ? std::string_view::npos : begin - 1);
  if (begin > 0 && left != std::string_view::npos) {
    const char c = text[left];
    if (std::string_view("+-*/x").find(c) != std::string_view::npos) return false;
    if (left + 1 == begin && PartOfNumber(c)) return false;
  }
  if (end >= text.size()) return true;
  if (!PartOfNumber(text[end])) return true;
  return (text[end] == '.' || text[end] == ',') &&
         (end + 1 >= text.size() || text[end + 1] < '0' || text[end + 1] > '9');
}

std::optional<int64_t> Sum(int64_t a, int64_t b) {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::nullopt : std::optional(sum);
}

std::optional<int64_t> Product(int64_t a, int64_t b) {
  int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::nullopt : std::optional(product);
}

bool ParseWhole(std::string_view digits, int64_t& value) {
  constexpr size_t kMostDigits = 12;
  if (digits.size() > kMostDigits) return false;
  value = std::stoll(std::string(digits));
  return true;
}

}  // namespace

std::string Equation::Line() const {
  const char sign = operation == '*' && times_is_x ? 'x' : operation;
  return fmt::format("{}{}{}{}{}{}{}{}{}", before, left, left_space, sign, right_space, right,
                     middle, result, after);
}

std::optional<int64_t> Evaluate(int64_t left, char operation, int64_t right) {
  switch (operation) {
    case '+': return Sum(left, right);
    case '-': return left >= right ? std::optional(left - right) : std::nullopt;
    case '*': return Product(left, right);
    case '/': return right != 0 && left % right == 0 ? std::optional(left / right) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<Equation> ParseEquation(std::string_view line) {
  const std::string text(line);
  constexpr int kParts = 8;  // whole, left, space, operation, space, right, middle, result
  re2::StringPiece piece[kParts];
  const auto match = [&](size_t from) {
    return EquationPattern().Match(text, from, text.size(), RE2::UNANCHORED, piece, kParts);
  };
  if (!match(0)) return std::nullopt;
  std::string_view part[kParts];
  for (int i = 0; i < kParts; ++i) part[i] = {piece[i].data(), piece[i].size()};
  const size_t begin = part[0].data() - text.data();
  const size_t end = begin + part[0].size();
  if (!StandsAlone(text, begin, end)) return std::nullopt;

  Equation equation{.operation = part[3] == "x" ? '*' : part[3][0],
                    .times_is_x = part[3] == "x",
                    .before = text.substr(0, begin),
                    .left_space = std::string(part[2]),
                    .right_space = std::string(part[4]),
                    .middle = std::string(part[6]),
                    .after = text.substr(end)};
  if (!ParseWhole(part[1], equation.left) || !ParseWhole(part[5], equation.right) ||
      !ParseWhole(part[7], equation.result)) {
    return std::nullopt;
  }
  if (Evaluate(equation.left, equation.operation, equation.right) != equation.result) {
    return std::nullopt;
  }
  if (match(end)) return std::nullopt;  // several equations
  return equation;
}

std::vector<int64_t> Numbers(std::string_view text) {
  std::vector<int64_t> numbers;
  for (size_t at = 0; at < text.size();) {
    if (!PartOfNumber(text[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < text.size() && PartOfNumber(text[end])) ++end;
    std::string digits(text.substr(at, end - at));
    at = end;
    while (!digits.empty() && (digits.back() == '.' || digits.back() == ',')) digits.pop_back();
    std::erase(digits, ',');
    int64_t value = 0;
    const bool whole = !digits.empty() && digits.find('.') == std::string::npos;
    if (whole && ParseWhole(digits, value)) numbers.push_back(value);
  }
  return numbers;
}

}  // namespace pgts::labels
