// SPDX-License-Identifier: Apache-2.0
#include "task/slips.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>

#include "task/text.h"

namespace pgts::task {
namespace {

double ToNumber(std::string digits) {
  std::erase(digits, ',');
  return std::strtod(digits.c_str(), nullptr);
}

// Calculations of + - * / % ( ), with "x" and the signs × and ÷ spelt as * and /.
class Calculation {
 public:
  explicit Calculation(std::string_view text) : rest_(text) {}

  // Nothing where the text is no calculation, or divides by zero.
  std::optional<double> Value() {
    const double value = Sum();
    Skip();
    if (failed_ || !rest_.empty() || operations_ == 0 || !std::isfinite(value)) return std::nullopt;
    return value;
  }

 private:
  void Skip() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }
  bool Take(char sign) {
    Skip();
    if (!rest_.starts_with(sign)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  double Sum() {
    double value = Product();
    while (!failed_) {
      if (Take('+')) {
        value += Operand();
      } else if (Take('-')) {
        value -= Operand();
      } else {
        break;
      }
    }
    return value;
  }
  double Operand() {
    ++operations_;
    return Product();
  }
  double Product() {
    double value = Factor();
    while (!failed_) {
      if (Take('*')) {
        ++operations_;
        value *= Factor();
      } else if (Take('/')) {
        ++operations_;
        value /= Factor();
      } else {
        break;
      }
    }
    return value;
  }
  double Factor() {
    failed_ = failed_ || nested_ > kMostNested;
    if (failed_) return 0;
    if (Take('-')) {
      ++nested_;
      return -Factor();
    }
    if (Take('(')) {
      ++nested_;
      const double value = Sum();
      failed_ = failed_ || !Take(')');
      return value;
    }
    const size_t end = std::min(rest_.find_first_not_of("0123456789."), rest_.size());
    failed_ = failed_ || end == 0;
    const double value = ToNumber(std::string(rest_.substr(0, end)));
    rest_.remove_prefix(end);
    return Take('%') ? value / 100 : value;
  }

  // Brackets and signs in one calculation. Generators that loop write thousands, too many to recur.
  static constexpr int kMostNested = 200;

  std::string_view rest_;
  int operations_ = 0;
  int nested_ = 0;
  bool failed_ = false;
};

std::string Bare(std::string text) {
  for (const auto& [sign, plain] : {std::pair("×", "*"), {"÷", "/"}, {"x", "*"}, {"$", ""}}) {
    for (size_t at = text.find(sign); at != std::string::npos; at = text.find(sign, at)) {
      text.replace(at, std::string_view(sign).size(), plain);
    }
  }
  std::erase(text, ',');
  std::ranges::replace_if(
      text, [](unsigned char c) { return std::isspace(c) != 0; }, ' ');
  text.erase(0, text.find_first_not_of(" .)"));  // of the sentence before
  return text;
}

bool Agree(double calculated, double stated) {
  const double tolerance = std::max(0.011, 0.0055 * std::abs(calculated));
  return std::abs(calculated - stated) < tolerance;
}

std::set<double> NumbersOf(std::string_view text) {
  static const RE2 number(R"((\d[\d,]*(?:\.\d+)?))");
  re2::StringPiece rest = Piece(text);
  std::set<double> numbers;
  std::string digits;
  while (RE2::FindAndConsume(&rest, number, &digits)) numbers.insert(ToNumber(digits));
  return numbers;
}

}  // namespace

int BrokenEquations(std::string_view text) {
  static const RE2 equation(R"(((?:[\d.,()$%\s+*/x×÷-])+)=\s*\$?\s*(-?\d[\d,]*(?:\.\d+)?))");
  int broken = 0;
  re2::StringPiece rest = Piece(text);
  std::string left, right;
  while (RE2::FindAndConsume(&rest, equation, &left, &right)) {
    const std::optional<double> calculated = Calculation(Bare(left)).Value();
    if (calculated && !Agree(*calculated, ToNumber(right))) ++broken;
  }
  return broken;
}

int NumbersLeftOut(std::string_view question, std::string_view text) {
  const std::set<double> named = NumbersOf(text);
  return static_cast<int>(std::ranges::count_if(
      NumbersOf(question), [&](double number) { return !named.contains(number); }));
}

int Slips(std::string_view question, std::string_view text, bool finished) {
  return BrokenEquations(text) + (finished ? NumbersLeftOut(question, text) : 0);
}

}  // namespace pgts::task
