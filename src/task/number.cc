// SPDX-License-Identifier: Apache-2.0
#include "task/number.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace pgts::task {
namespace {

constexpr size_t kMaxQuotientDigits = 18;  // fits int64_t

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

size_t DigitsFrom(std::string_view text, size_t at) {
  while (at < text.size() && IsDigit(text[at])) ++at;
  return at;
}

// A comma belongs to the number when exactly three digits follow it.
bool IsThousandsSeparator(std::string_view text, size_t at) {
  return at + 3 < text.size() && text[at] == ',' && IsDigit(text[at + 1]) &&
         IsDigit(text[at + 2]) && IsDigit(text[at + 3]) &&
         (at + 4 == text.size() || !IsDigit(text[at + 4]));
}

bool Skip(std::string_view text, size_t& at, std::string_view what) {
  if (!text.substr(at).starts_with(what)) return false;
  at += what.size();
  return true;
}

bool SkipMinus(std::string_view text, size_t& at) {
  return Skip(text, at, "-") || Skip(text, at, "\xE2\x88\x92");  // U+2212
}

void SkipCurrency(std::string_view text, size_t& at) {
  Skip(text, at, "\\");  // LaTeX writes \$
  Skip(text, at, "$") || Skip(text, at, "\xC2\xA3") || Skip(text, at, "\xE2\x82\xAC");
}

std::string Digits(std::string_view whole) {  // without separators and leading zeros
  std::string digits;
  digits.reserve(whole.size());
  for (char c : whole) {
    if (IsDigit(c) && !(digits.empty() && c == '0')) digits += c;
  }
  return digits.empty() ? "0" : digits;
}

std::string Signed(bool negative, std::string magnitude) {
  return negative && magnitude != "0" ? "-" + magnitude : magnitude;
}

std::string Decimal(std::string_view whole, std::string_view fraction) {
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  std::string text = Digits(whole);
  if (!fraction.empty()) text.append(".").append(fraction);
  return text;
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
  return Decimal(std::to_string(p / q), fraction);
}

}  // namespace

std::optional<NumberSpan> ScanNumber(std::string_view text, size_t at) {
  NumberSpan number;
  number.negative = SkipMinus(text, at);
  SkipCurrency(text, at);
  number.negative = SkipMinus(text, at) || number.negative;
  const size_t begin = at;
  at = DigitsFrom(text, at);
  while (at > begin && IsThousandsSeparator(text, at)) at += 4;
  number.whole = text.substr(begin, at - begin);
  if (at + 1 < text.size() && text[at] == '.' && IsDigit(text[at + 1])) {
    const size_t end = DigitsFrom(text, at + 1);
    number.fraction = text.substr(at + 1, end - at - 1);
    at = end;
  } else if (at > begin && at + 1 < text.size() && text[at] == '/' && IsDigit(text[at + 1])) {
    const size_t end = DigitsFrom(text, at + 1);
    number.denominator = text.substr(at + 1, end - at - 1);
    at = end;
  }
  number.end = at;
  if (number.whole.empty() && number.fraction.empty()) return std::nullopt;
  return number;
}

std::optional<std::string> NormalForm(const NumberSpan& number) {
  if (number.denominator.empty()) {
    return Signed(number.negative, Decimal(number.whole, number.fraction));
  }
  const std::string p = Digits(number.whole), q = Digits(number.denominator);
  if (q == "0") return std::nullopt;
  if (std::max(p.size(), q.size()) > kMaxQuotientDigits) {
    return Signed(number.negative, p + "/" + q);
  }
  return Signed(number.negative, Quotient(std::stoull(p), std::stoull(q)));
}

}  // namespace pgts::task
