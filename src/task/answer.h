// SPDX-License-Identifier: Apache-2.0
// Numeric answers: reading them from text, and one normal form in which equal numbers are equal
// strings. Everything is exact (no floating point) and linear in the length of the text.
//
// Normal form: an optional '-', digits without leading zeros, and, where there is a fraction, '.'
// and digits without trailing zeros; a quotient whose decimal expansion does not end is "p/q" in
// lowest terms with q > 1. "-0" is "0". Read as numbers: what task/number.h lists, in the digits of
// the scripts in wide use (task/fold_text.h). Around a number: markup, a currency sign, '%', unit
// words; none of them changes it ("50%" is "50", as the gold answers have it), but "thousand" to
// "trillion" do. Quotients with a part longer than 18 digits are kept as written.
//
// A text that commits to no single number has no answer: two alternatives, a range, a ratio, a
// date, a clock time, a calculation that nobody carried out, a number in words
// (task/answer_place.h).
//
// Thinking is not read, nor are the answers to other problems (task/own_text.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pgts::task {

// How an answer is taken from a text, as lm-evaluation-harness's filters "strict-match" and
// "flexible-extract" do for GSM8K.
enum class AnswerFilter {
  kStrict,    // the number after the last "####", on its line; no words in between, no calculation
  kFlexible,  // the number on that line in whatever way it is said, else in the last "\boxed{}",
              // else in the last statement (task/stated_answer.h), else in "N is the answer", else
              // the last number of the text. The first of these that is there decides: if it is
              // unclear, there is no answer
};

enum class Verdict { kRight, kWrong, kNoAnswer };

// `mark` stands for "####" in all of the above; it is not empty.
std::optional<std::string> ExtractNumber(std::string_view text, AnswerFilter filter,
                                         std::string_view mark = "####");

}  // namespace pgts::task
