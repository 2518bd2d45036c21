// SPDX-License-Identifier: Apache-2.0
#include "task/answer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace pgts::task {
namespace {

constexpr const char* kNone = "none";

std::string Or(const std::optional<std::string>& answer) { return answer.value_or(kNone); }

struct Case {
  std::string text;
  std::string expected;
};

TEST(NormaliseNumberTest, EqualNumbersHaveEqualForms) {
  const std::vector<Case> cases = {
      {"69", "69"},
      {"069", "69"},
      {"  69  ", "69"},
      {"69.", "69"},
      {"69.0", "69"},
      {"69.50", "69.5"},
      {".5", "0.5"},
      {"0.5", "0.5"},
      {"1/2", "0.5"},
      {"2/4", "0.5"},
      {"4/2", "2"},
      {"1/3", "1/3"},
      {"2/6", "1/3"},
      {"-1/8", "-0.125"},
      {"7/0", kNone},
      {"0/7", "0"},
      {"1,234", "1234"},
      {"1,234,567", "1234567"},
      {"1,23", "1.23"},
      {"12,3456", "12"},
      {"$1,234.50", "1234.5"},
      {"-$5", "-5"},
      {"$-5", "-5"},
      {"-5", "-5"},
      {"\xE2\x88\x92"
       "5",
       "-5"},
      {"-0", "0"},
      {"-0.00", "0"},
      {"50%", "50"},
      {"\xE2\x82\xAC"
       "7",
       "7"},
      {"\xC2\xA3"
       "7",
       "7"},
      {"\\$18", "18"},
      {"18 apples", "18"},
      {"12kg", "12"},
      {"\\frac{1}{2}", "0.5"},
      {"-\\dfrac{2}{3}", "-2/3"},
      {"", kNone},
      {"apples", kNone},
      {"-", kNone},
      {"$", kNone},
      {".", kNone},
      {",", kNone},
      {"\\frac{1}{0}", kNone},
      {"1000000000000000001/1000000000000000000", "1000000000000000001/1000000000000000000"},
      {"1/1024", "0.0009765625"},
      {"1 1/02", "1.5"},
      {"1 01/2", "1.5"},
      {"1 3/02", "1"},  // improper: no mixed number
      {"1 99999999999999999999/0000000000000000000000001", "1"},
      {"1 18446744073709551615/000000000000000000000000000002", "1"},
  };
  for (const Case& c : cases) EXPECT_EQ(Or(NormaliseNumber(c.text)), c.expected) << c.text;
}

// Doubles would call these equal.
TEST(NormaliseNumberTest, IsExact) {
  EXPECT_NE(NormaliseNumber("9007199254740993"), NormaliseNumber("9007199254740992"));
  EXPECT_NE(NormaliseNumber("0.1"), NormaliseNumber("0.1000000000000000055511151231257827"));
  EXPECT_EQ(NormaliseNumber("123456789123456789/1000"), "123456789123456.789");
}

// Against exact cross-multiplication: two quotients share a form just when they are equal.
TEST(NormaliseNumberTest, QuotientsShareAFormExactlyWhenEqual) {
  struct Fraction {
    int p, q;
    std::string form;
  };
  std::vector<Fraction> fractions;
  for (int p = 0; p <= 24; ++p) {
    for (int q = 1; q <= 24; ++q) {
      fractions.push_back({p, q, Or(NormaliseNumber(std::to_string(p) + "/" + std::to_string(q)))});
    }
  }
  for (const Fraction& a : fractions) {
    for (const Fraction& b : fractions) {
      ASSERT_EQ(a.form == b.form, a.p * b.q == b.p * a.q) << a.form << " " << b.form;
    }
  }
}

TEST(ExtractNumberTest, StrictReadsTheLastMark) {
  const std::vector<Case> cases = {
      {"14+9=23\n#### 23\n", "23"},
      {"14+9=23\n#### 23", "23"},
      {"#### 5\nno, wait\n#### $1,234.\n", "1234"},
      {"####18", "18"},
      {"#### -3 dollars", "-3"},
      {"##### 7", "7"},
      {"so it is #### 8", "8"},
      {"14+9=23\n", kNone},
      {"", kNone},
      {"####", kNone},
      {"#### \n5", kNone},  // the number must stand on the line of the mark
      {"#### x = 5", kNone},
      {"#### 14+9", kNone},  // an expression is not an answer
      {"#### 14-9", kNone},
      {"#### 18=18", kNone},
      {"#### 5\n####\n", kNone},  // the last one counts
      {"### 5", kNone},
      {"The answer is 5.", kNone},
      {"\\boxed{5}", kNone},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Or(ExtractNumber(c.text, AnswerFilter::kStrict)), c.expected) << c.text;
  }
}

TEST(ExtractNumberTest, FlexibleFallsBackInOrder) {
  const std::vector<Case> cases = {
      {"#### 5\nThe answer is 6", "5"},
      {"so \\boxed{42} and the answer is 6", "42"},
      {"\\boxed{\\frac{3}{4}}", "0.75"},
      {"\\boxed{\\$1,200}", "1200"},
      {"The answer is 6. That took 9 minutes.", "6"},
      {"The answer is: **$1,234.00** for 3", "1234"},
      {"Final Answer: 12", "12"},
      {"She makes 9 * 2 = 18\nA: 18", "18"},
      {"She made 26\nA: $13\nThank you 5 times", "13"},
      {"Option BA: 4 then 9", "9"},
      {"the answer is clear: he had 7 and ate 3", "3"},
      {"He has 14 pens and then 23.", "23"},
      {"14+9=23\n23-9=14", "14"},
      {"10-3", kNone},  // a difference that nobody worked out
      {"x = -3", "-3"},
      {"it costs $12.50.", "12.5"},
      {"no number at all", kNone},
      {"", kNone},
      {"...", kNone},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Or(ExtractNumber(c.text, AnswerFilter::kFlexible)), c.expected) << c.text;
  }
}

TEST(ExtractNumberTest, LongDigitStringsAreExact) {
  const std::string digits(100'000, '7');
  EXPECT_EQ(ExtractNumber("#### " + digits, AnswerFilter::kStrict), digits);
  EXPECT_EQ(ExtractNumber("#### 000" + digits + ".000", AnswerFilter::kStrict), digits);
  EXPECT_EQ(ExtractNumber("#### " + digits + "/" + digits, AnswerFilter::kStrict),
            digits + "/" + digits);
}

// On texts put together at random, broken bytes included: a normal form is its own normal form, and
// what is an answer strictly is the same answer flexibly.
TEST(ExtractNumberTest, TheFiltersAgreeOnAnyText) {
  constexpr std::string_view kPieces[] = {"####",     " ",       "1",          "23",
                                          "456",      ",",       ".",          "/",
                                          "-",        "$",       "\\boxed{",   "}",
                                          "=",        "+",       "x",          "or ",
                                          "A:",       "\n",      "answer is ", "Q:",
                                          "½",        "\\frac{", "{",          "\xe2",
                                          "\xc2",     "\u00a0",  "e",          "k",
                                          " million", "×",       "10^",        "(",
                                          ")",        "²",       "\\",         "'",
                                          "_",        "١",       ":",          ":00",
                                          "minus ",   "%",       "°",          "is the answer",
                                          "1 1/",     "000000",  "9999999999"};
  RandomStream random(Key("texts"));
  int answers = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (int pieces = random.Below(14); pieces > 0; --pieces) {
      text += kPieces[random.Below(std::size(kPieces))];
    }
    const auto strict = ExtractNumber(text, AnswerFilter::kStrict);
    const auto flexible = ExtractNumber(text, AnswerFilter::kFlexible);
    if (strict) {
      EXPECT_EQ(flexible, strict) << text;
    }
    if (!flexible) continue;
    ++answers;
    EXPECT_EQ(NormaliseNumber(*flexible), flexible) << text;
  }
  EXPECT_GT(answers, 2'000);
}

}  // namespace
}  // namespace pgts::task
