// SPDX-License-Identifier: Apache-2.0
#include "task/number.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <numeric>

#include "task/fold_text.h"
#include "task/text.h"

namespace pgts::task {
namespace {

constexpr size_t kMaxQuotientDigits = 18;  // fits int64_t

class Scanner {
 public:
  Scanner(std::string_view text, size_t at, NumberPlace place)
      : text_(text), at_(at), place_(place), in_answer_(place == NumberPlace::kAnswer) {}

  std::optional<NumberSpan> Scan() {
    ScanSign();
    ScanCurrency();
    ScanSign();
    ScanWhole();
    ScanFraction();
    if (number_.whole.empty() && number_.fraction.empty()) return std::nullopt;
    if (place_ != NumberPlace::kOperand) {
      if (number_.fraction.empty()) ScanQuotient();
      ScanScale();
    }
    number_.end = at_;
    return number_;
  }

 private:
  char At(size_t at) const { return at < text_.size() ? text_[at] : '\0'; }
  bool DigitAt(size_t at) const { return IsDigit(At(at)); }
  size_t DigitsFrom(size_t at) const {
    while (DigitAt(at)) ++at;
    return at;
  }
  size_t BlanksFrom(size_t at) const {
    while (At(at) == ' ' || At(at) == '\t') ++at;
    return at;
  }
  std::string_view Between(size_t begin, size_t end) const {
    return text_.substr(begin, end - begin);
  }
  bool Skip(std::string_view what) {
    if (!text_.substr(at_).starts_with(what)) return false;
    at_ += what.size();
    return true;
  }

  void ScanSign() {
    if (Skip("-")) {
      number_.negative = true;
      if (in_answer_) at_ = BlanksFrom(at_);
    } else if (in_answer_) {
      Skip("+");
    }
  }

  void ScanCurrency() {
    const size_t begin = at_;
    if (Skip("$")) Skip("$");  // LaTeX's display mathematics: "$$29$$"
    currency_ = at_ > begin;
    if (currency_ && in_answer_) at_ = BlanksFrom(at_);
  }

  // `separator` and exactly three digits.
  bool GroupAt(size_t at, char separator) const {
    return At(at) == separator && DigitsFrom(at + 1) == at + 4;
  }
  size_t GroupsFrom(size_t at, char separator) const {
    while (GroupAt(at, separator)) at += 4;
    return at;
  }

  void ScanWhole() {
    const size_t begin = at_;
    at_ = DigitsFrom(at_);
    if (at_ > begin) ScanGroups(at_ - begin);
    number_.whole = Between(begin, at_);
  }

  void ScanGroups(size_t leading) {
    if (leading <= 2 && TakeIndianGroups()) return;
    if (TakeGroups(',') || leading > 3) return;
    if (TakeGroups('\'') || TakeGroups('_') || TakeGroups(kThinSpace)) return;
    const size_t points = GroupsFrom(at_, '.');
    if (points >= at_ + 8 || (points == at_ + 4 && At(points) == ',' && DigitAt(points + 1))) {
      TakeGroups('.');
    }
    if (in_answer_ && At(at_ - leading) != '0') TakeGroups(' ');
  }

  bool TakeGroups(char separator) {
    const size_t end = GroupsFrom(at_, separator);
    if (end == at_) return false;
    at_ = end;
    separator_ = separator;
    return true;
  }

  // 12,34,567: pairs, then a group of three.
  bool TakeIndianGroups() {
    constexpr size_t kMostPairs = 16;  // so that a long list of pairs is not read again and again
    size_t end = at_;
    while (end < at_ + 3 * kMostPairs && At(end) == ',' && DigitsFrom(end + 1) == end + 3) end += 3;
    if (end == at_ || !GroupAt(end, ',') || At(end + 4) == ',') return false;
    at_ = end + 4;
    separator_ = ',';
    return true;
  }

  void ScanFraction() {
    const bool point = At(at_) == '.' && separator_ != '.';
    if (!DigitAt(at_ + 1) || (!point && !IsDecimalComma())) return;
    const size_t end = DigitsFrom(at_ + 1);
    number_.fraction = Between(at_ + 1, end);
    at_ = end;
  }

  bool IsDecimalComma() const {
    if (At(at_) != ',' || separator_ == ',') return false;
    const size_t end = DigitsFrom(at_ + 1);
    if (At(end) == ',' && DigitAt(end + 1)) return false;
    if (separator_ != '\0') return true;
    return end - at_ <= 3 && (in_answer_ || currency_ || At(BlanksFrom(end)) == '$');
  }
  void ScanQuotient() {
    if (number_.whole.empty()) return;
    size_t bar = in_answer_ ? BlanksFrom(at_) : at_;
    if (At(bar) == '/') {
      const size_t begin = in_answer_ ? BlanksFrom(bar + 1) : bar + 1;
      if (DigitAt(begin)) TakeDenominator(begin);
      return;
    }
    const size_t begin = BlanksFrom(at_);
    bar = DigitsFrom(begin);
    if (begin == at_ || bar == begin || At(bar) != '/' || !DigitAt(bar + 1)) return;
    const std::string_view numerator = Between(begin, bar);
    const std::string_view denominator = Between(bar + 1, DigitsFrom(bar + 1));
    if (!IsLess(numerator, denominator)) return;
    number_.numerator = numerator;
    TakeDenominator(bar + 1);
  }

  static bool IsLess(std::string_view a, std::string_view b) {  // as values: "5" < "06"
    a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
    b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  }

  void TakeDenominator(size_t begin) {
    at_ = DigitsFrom(begin);
    number_.denominator = Between(begin, at_);
  }

  void ScanScale() {
    static const RE2 kExponent(R"(^[eE]([+-]?\d{1,3})(?:[^\w]|$))");
    static const RE2 kPower(R"(^[ \t]*(?:×|[xX*])[ \t]*10\^([+-]?\d{1,3})(?:\D|$))");
    static const RE2 kWord(R"((?i)^[ \t]*(thousand|million|billion|trillion)s?\b)");
    static const RE2 kLetter(R"(^([kKMB])(?:[^\w]|$))");
    constexpr std::string_view kFirstBytes = "eExX*kKtTmMbB\xC3";  // the last: of ×
    const char first = At(BlanksFrom(at_));
    if (first == '\0' || kFirstBytes.find(first) == std::string_view::npos) return;
    const re2::StringPiece rest = Piece(text_.substr(at_));
    re2::StringPiece found;
    if (RE2::PartialMatch(rest, kExponent, &found) || RE2::PartialMatch(rest, kPower, &found)) {
      number_.exponent = std::stoi(std::string(found));
    } else if (RE2::PartialMatch(rest, kWord, &found)) {
      number_.exponent = ExponentOf(found[0] | 0x20, found[1] | 0x20);
    } else if (RE2::PartialMatch(rest, kLetter, &found) &&
               (currency_ || (found[0] | 0x20) == 'k')) {
      number_.exponent = ExponentOf(found[0] | 0x20, 'h');
    } else {
      return;
    }
    at_ = static_cast<size_t>(found.data() + found.size() - text_.data());
  }

  static int ExponentOf(int first, int second) {
    if (first == 'm') return 6;
    if (first == 'b') return 9;
    return second == 'h' ? 3 : 12;  // thousand or k, trillion
  }

  std::string_view text_;
  size_t at_;
  NumberPlace place_;
  bool in_answer_;
  bool currency_ = false;
  char separator_ = '\0';  // of the thousands
  NumberSpan number_;
};

std::string DigitsOf(std::string_view text) {  // without separators
  std::string digits;
  digits.reserve(text.size());
  std::ranges::copy_if(text, std::back_inserter(digits), IsDigit);
  return digits;
}

std::string Trimmed(std::string digits) {  // without leading zeros
  const size_t first = digits.find_first_not_of('0');
  return first == std::string::npos ? "0" : digits.substr(first);
}

// Of at most kMaxQuotientDigits digits, which the callers see to.
uint64_t ValueOf(std::string_view digits) {
  uint64_t value = 0;
  for (const char c : digits) value = 10 * value + static_cast<uint64_t>(c - '0');
  return value;
}

std::string Signed(bool negative, std::string magnitude) {
  return negative && magnitude != "0" ? "-" + magnitude : magnitude;
}

// The digits whole.fraction with the point moved to the right by `exponent` places.
std::string Decimal(std::string_view whole, std::string_view fraction, int exponent) {
  std::string digits = DigitsOf(whole).append(fraction);
  auto point = static_cast<int64_t>(digits.size() - fraction.size()) + exponent;
  if (point < 0) digits.insert(0, static_cast<size_t>(-point), '0'), point = 0;
  if (point > static_cast<int64_t>(digits.size())) digits.resize(static_cast<size_t>(point), '0');
  std::string after = digits.substr(static_cast<size_t>(point));
  after.erase(after.find_last_not_of('0') + 1);
  digits.resize(static_cast<size_t>(point));
  return after.empty() ? Trimmed(std::move(digits)) : Trimmed(std::move(digits)) + "." + after;
}

// p/q in lowest terms, as a decimal where that ends.
std::string Quotient(uint64_t p, uint64_t q) {
  const uint64_t divisor = std::gcd(p, q);
  p /= divisor, q /= divisor;
  uint64_t rest = q;
  for (uint64_t factor : {2, 5}) {
    while (rest % factor == 0) rest /= factor;
  }
  if (rest != 1) return std::to_string(p) + "/" + std::to_string(q);
  std::string fraction;
  for (unsigned __int128 r = p % q; r != 0; r %= q) {  // ends: q divides a power of ten
    r *= 10;
    fraction += static_cast<char>('0' + static_cast<int>(r / q));
  }
  return Decimal(std::to_string(p / q), fraction, 0);
}

std::optional<std::string> QuotientForm(const NumberSpan& number) {
  std::string p = Trimmed(DigitsOf(number.whole));
  const std::string q = Trimmed(DigitsOf(number.denominator));
  if (q == "0") return std::nullopt;
  const bool plain = number.numerator.empty() && number.exponent == 0;
  if (plain && std::max(p.size(), q.size()) > kMaxQuotientDigits) return p + "/" + q;
  const std::string extra = Trimmed(DigitsOf(number.numerator));
  const auto zeros = static_cast<size_t>(std::abs(number.exponent));
  if (number.exponent < 0 || p.size() + q.size() + zeros > kMaxQuotientDigits) {
    return plain ? std::optional(Quotient(ValueOf(p), ValueOf(q))) : std::nullopt;
  }
  if (!number.numerator.empty()) {  // the numerator is less than q, so no longer than it
    p = std::to_string(ValueOf(p) * ValueOf(q) + ValueOf(extra));
  }
  return Quotient(ValueOf(p.append(zeros, '0')), ValueOf(q));
}

}  // namespace

std::optional<NumberSpan> ScanNumber(std::string_view text, size_t at, NumberPlace place) {
  return Scanner(text, at, place).Scan();
}

std::optional<std::string> NormalForm(const NumberSpan& number) {
  if (number.denominator.empty()) {
    return Signed(number.negative, Decimal(number.whole, number.fraction, number.exponent));
  }
  std::optional<std::string> quotient = QuotientForm(number);
  if (!quotient) return std::nullopt;
  return Signed(number.negative, *std::move(quotient));
}

double ToDouble(const NumberSpan& number) {
  return std::strtod(NormalForm(number).value_or("").c_str(), nullptr);
}

bool BeginsNumber(std::string_view text, size_t at) {
  if (text[at] == '.') ++at;
  return at < text.size() && IsDigit(text[at]);
}

std::vector<double> Numbers(std::string_view text) {
  std::vector<double> numbers;
  for (size_t at = 0; at < text.size();) {
    if (!BeginsNumber(text, at)) {
      ++at;
      continue;
    }
    const NumberSpan number = *ScanNumber(text, at, NumberPlace::kOperand);
    numbers.push_back(ToDouble(number));
    at = number.end;
  }
  return numbers;
}

}  // namespace pgts::task
