// SPDX-License-Identifier: Apache-2.0
#include "task/equation.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "task/number.h"
#include "task/text.h"

namespace pgts::task {
namespace {

bool IsWhole(double value) { return std::abs(value - std::round(value)) < 1e-9; }

// Whole numbers agree exactly; else what is stated may be rounded.
bool Agree(double calculated, double stated) {
  if (IsWhole(calculated) && IsWhole(stated)) return std::abs(calculated - stated) < 0.5;
  const double tolerance = std::max(0.011, 0.0055 * std::abs(calculated));
  return std::abs(calculated - stated) < tolerance;
}

struct Operator {
  std::string_view sign;
  char operation;
};

// The operator at text[at]; an x that is part of a word is none.
const Operator* OperatorAt(std::string_view text, size_t at) {
  static constexpr Operator kOperators[] = {{"+", '+'}, {"-", '-'}, {"*", '*'}, {"/", '/'},
                                            {"x", '*'}, {"×", '*'}, {"÷", '/'}};
  const std::string_view rest = text.substr(at);
  const auto* const found = std::ranges::find_if(
      kOperators, [rest](const Operator& one) { return rest.starts_with(one.sign); });
  if (found == std::end(kOperators)) return nullptr;
  const bool in_word = (at > 0 && IsLetter(text[at - 1])) || (rest.size() > 1 && IsLetter(rest[1]));
  return found->sign == "x" && in_word ? nullptr : found;
}

struct Operand {
  double value = 0;
  double stated = 0;  // "20%" is 0.2 and states 20
  size_t begin = 0, end = 0;
  int operations = 0;  // within its brackets
};

// One side of an equation, or the inside of a pair of brackets, as far as it has been read.
class Side {
 public:
  // bracket: its offset, for what is inside of one.
  explicit Side(size_t bracket = 0) : bracket_(bracket) {}

  // What follows the "=" behind this side of `text`.
  Side AfterEquals(std::string_view text) const {
    Side next(bracket_);
    next.after_equals_ = true;
    if (complete() && operations_ > 0 && std::isfinite(value())) {
      next.calculation_ = Of(text);
      next.calculated_ = value();
    }
    return next;
  }

  void Operate(char operation, size_t at, bool attached) {
    if (!open_) {
      operation_ = operation;
      open_ = true;
    } else if (operation == '-' && (attached || after_equals_)) {
      if (!negative_ && operands_ == 0) begin_ = at;
      negative_ = !negative_;
    } else if (operation != '-' || operands_ > 0) {
      unclear_ = true;  // its operand is a word; but a dash may come before a calculation
    }
  }

  void Take(Operand operand) {
    unclear_ = unclear_ || !open_;  // "2 1/2"
    if (unclear_) return;
    if (negative_) operand.value = -operand.value, operand.stated = -operand.stated;
    switch (operation_) {
      case '*': term_ *= operand.value; break;
      case '/': term_ /= operand.value; break;
      default: sum_ += term_; term_ = operation_ == '-' ? -operand.value : operand.value;
    }
    if (operands_ == 0) {
      stated_ = operand.stated;
      if (!negative_) begin_ = operand.begin;
    }
    end_ = operand.end;
    operations_ += operand.operations + (operands_ > 0 ? 1 : 0);
    ++operands_;
    open_ = negative_ = false;
  }

  void MakeUnclear() { unclear_ = true; }

  bool open() const { return open_; }
  bool complete() const { return !open_ && !unclear_; }
  double value() const { return sum_ + term_; }

  // Its bracket, which closes before `end`, as an operand.
  Operand InBrackets(size_t end) const {
    return {.value = value(),
            .stated = value(),
            .begin = bracket_,
            .end = end,
            .operations = operations_};
  }

  // The equation whose result this side is.
  std::optional<Equation> Ends(std::string_view text) const {
    if (calculation_.empty() || operands_ == 0) return std::nullopt;
    const bool holds = Agree(calculated_, stated_) || (!unclear_ && Agree(calculated_, value()));
    return Equation{.calculation = calculation_, .result = Of(text), .holds = holds};
  }

 private:
  std::string_view Of(std::string_view text) const { return text.substr(begin_, end_ - begin_); }

  size_t bracket_;
  bool after_equals_ = false;
  std::string_view calculation_;  // before the "="; empty: none is there
  double calculated_ = 0;
  size_t begin_ = 0, end_ = 0;
  double sum_ = 0, term_ = 0;  // the value is their sum
  double stated_ = 0;          // by the first operand
  char operation_ = '+';       // before the next operand
  bool negative_ = false;      // the next operand
  bool open_ = true;           // an operand must come next
  bool unclear_ = false;
  int operands_ = 0;
  int operations_ = 0;
};

class EquationFinder {
 public:
  explicit EquationFinder(std::string_view text) : text_(text) {}

  std::vector<Equation> Find() {
    while (at_ < text_.size()) ReadOne();
    EndCalculation();
    return std::move(found_);
  }

 private:
  Side& side() { return sides_.back(); }

  void ReadOne() {
    if (BeginsNumber(text_, at_)) return ReadNumber();
    if (const Operator* const found = OperatorAt(text_, at_)) return Operate(*found);
    switch (text_[at_++]) {
      case ' ':
      case '\t':
      case '$': return;
      case '(': return Open();
      case ')': return Close();
      case '=': return EndSide();
      default: EndCalculation();
    }
  }

  void ReadNumber() {
    const size_t begin = at_;
    const NumberSpan number = *ScanNumber(text_, at_, NumberPlace::kOperand);
    at_ = number.end;
    const double stated = ToDouble(number);
    const size_t percent = std::min(text_.find_first_not_of(' ', at_), text_.size());
    const bool is_percent = text_.substr(percent).starts_with('%');
    if (is_percent) at_ = percent + 1;
    side().Take({.value = is_percent ? stated / 100 : stated,
                 .stated = stated,
                 .begin = begin,
                 .end = at_});
  }

  void Operate(const Operator& found) {
    const size_t next = at_ + found.sign.size();
    const bool attached = next < text_.size() &&
                          (BeginsNumber(text_, next) || text_[next] == '(' || text_[next] == '$');
    side().Operate(found.operation, at_, attached);
    at_ = next;
  }

  void Open() {
    constexpr size_t kMostNested = 200;  // generators that loop write thousands
    if (!side().open() || sides_.size() > kMostNested) side().MakeUnclear();
    if (sides_.size() <= kMostNested) sides_.emplace_back(at_ - 1);
  }

  void Close() {
    if (sides_.size() == 1) return EndCalculation();
    const Side inner = EndInner();
    if (!inner.complete()) return side().MakeUnclear();
    side().Take(inner.InBrackets(at_));
  }

  Side EndInner() {
    const Side inner = side();
    if (const auto equation = inner.Ends(text_)) found_.push_back(*equation);
    sides_.pop_back();
    return inner;
  }

  void EndSide() { sides_.push_back(EndInner().AfterEquals(text_)); }

  // At a word or the end of the line.
  void EndCalculation() {
    while (!sides_.empty()) EndInner();
    sides_.emplace_back();
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<Side> sides_ = std::vector<Side>(1);  // the innermost brackets' last
  std::vector<Equation> found_;
};

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
  if (digits.size() > kMostDigits || !std::ranges::all_of(digits, IsDigit)) return false;
  value = std::stoll(std::string(digits));
  return true;
}

}  // namespace

std::vector<Equation> FindEquations(std::string_view text) { return EquationFinder(text).Find(); }

std::string BinaryEquation::Line() const {
  const char sign = operation == '*' && times_is_x ? 'x' : operation;
  return fmt::format("{}{}{}{}{}{}{}{}{}", before, left, left_space, sign, right_space, right,
                     middle, result, after);
}

std::optional<BinaryEquation> ParseBinaryEquation(std::string_view line) {
  static const RE2 kTwoNumbers(R"((\d+)( *)([-+*/x])( *)(\d+))");
  const std::vector<Equation> found = FindEquations(line);
  if (found.size() != 1) return std::nullopt;
  const std::string_view calculation = found[0].calculation;
  std::string_view stated = found[0].result;
  if (stated.ends_with('%')) stated.remove_suffix(1);
  std::string left, right, sign;
  BinaryEquation equation;
  if (!RE2::FullMatch(Piece(calculation), kTwoNumbers, &left, &equation.left_space, &sign,
                      &equation.right_space, &right) ||
      !ParseWhole(left, equation.left) || !ParseWhole(right, equation.right) ||
      !ParseWhole(stated, equation.result)) {
    return std::nullopt;
  }
  equation.times_is_x = sign == "x";
  equation.operation = equation.times_is_x ? '*' : sign[0];
  if (Evaluate(equation.left, equation.operation, equation.right) != equation.result) {
    return std::nullopt;
  }
  const auto begin = static_cast<size_t>(calculation.data() - line.data());
  const auto end = begin + calculation.size();
  const auto result = static_cast<size_t>(stated.data() - line.data());
  equation.before = line.substr(0, begin);
  equation.middle = line.substr(end, result - end);
  equation.after = line.substr(result + stated.size());
  return equation;
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

}  // namespace pgts::task
