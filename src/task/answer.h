// SPDX-License-Identifier: Apache-2.0
// Numeric answers: reading them from text, and one normal form in which equal numbers are equal
// strings. Everything is exact (no floating point) and linear in the length of the text.
//
// Normal form: an optional '-', digits without leading zeros, and, where there is a fraction, '.'
// and digits without trailing zeros; a quotient whose decimal expansion does not end is "p/q" in
// lowest terms with q > 1. "-0" is "0". Accepted around a number: thousands separators, a currency
// sign, '%' (dropped: "50%" is "50"), a trailing full stop, unit words after it. Quotients with a
// part longer than 18 digits are kept as written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pgts::task {

enum class AnswerRule {
  kStrict,    // the number after the last "####"; only spaces and a currency sign in between
  kFlexible,  // strict, else the last "\boxed{N}", else the last "answer is N" or "A: N", else the
              // last number in the text
};

enum class Verdict { kRight, kWrong, kNoAnswer };

std::string_view VerdictName(Verdict verdict);  // "right", "wrong", "no_answer"

// The number that `text` begins with (after spaces and a currency sign); nullopt: it does not.
std::optional<std::string> NormaliseNumber(std::string_view text);

std::optional<std::string> ExtractNumber(std::string_view text, AnswerRule rule);

}  // namespace pgts::task
