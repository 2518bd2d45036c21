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
    EXPECT_EQ(ExtractNumber("#### " + *flexible, AnswerFilter::kStrict), flexible) << text;
  }
  EXPECT_GT(answers, 2'000);
}

}  // namespace
}  // namespace pgts::task
