// SPDX-License-Identifier: Apache-2.0
#include "task/answer_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"

namespace pgts::task {
namespace {

using enum AnswerFilter;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::string Find(const AnswerSettings& settings, std::string_view text,
                 AnswerFilter filter = kStrict) {
  return AnswerReader(settings).Find(text, filter).value_or("none");
}

TEST(AnswerReaderTest, ANumberStandsBehindTheMarker) {
  const AnswerSettings settings{.marker = "Answer:"};
  EXPECT_EQ(Find(settings, "9 + 9 = 18\nAnswer: $1,218.00\nThat is it."), "1218");
  EXPECT_EQ(Find(settings, "Answer: 3\nNo.\nAnswer: 4"), "4");
  EXPECT_EQ(Find(settings, "Answer: none of them"), "none");
  EXPECT_EQ(Find(settings, "#### 18"), "none");
  EXPECT_EQ(Find(settings, "So there are 18.", kFlexible), "18");
}

TEST(AnswerReaderTest, ANumberIsReadAsTheBuiltInTasksDo) {
  const AnswerSettings settings{.marker = "Result:"};
  EXPECT_EQ(Find(settings, "Result: 18\n\nQ2: And of 6 trays?\nResult: 72"), "18");
  EXPECT_EQ(Find(settings, "Result: 9 + 9 = 18\nThat took 3 steps."), "none");
  EXPECT_EQ(Find(settings, "Result: 9 + 9 = 18\nThat took 3 steps.", kFlexible), "18");
  EXPECT_EQ(Find(settings, "Of 16 eggs?\nResult: unknown", kFlexible), "none");
  EXPECT_EQ(Find({}, "＃＃＃＃ 18"), "18");
  EXPECT_EQ(Find({.marker = "Result:\n"}, "Result:\n18\nResult:\n19\n"), "19");
}

TEST(AnswerReaderTest, OtherQuestionsAnswersDoNotCount) {
  const std::string next = "\n\nQuestion: And of Chile?\n";
  EXPECT_EQ(Find({.find = "choice"}, "#### B" + next + "#### C"), "B");
  EXPECT_EQ(Find({.find = "choice"}, "The answer is (B)." + next + "It is (C).", kFlexible), "B");
  EXPECT_EQ(Find({.find = "text"}, "#### Lima" + next + "#### Santiago"), "Lima");
  EXPECT_EQ(Find({.find = "box"}, "\\boxed{Lima}" + next + "\\boxed{Santiago}"), "Lima");
  EXPECT_EQ(Find({.find = "regex", .regex = "= (\\w+)"}, "x = a" + next + "x = b"), "a");
  EXPECT_EQ(Find({.find = "text"}, "It lies in Peru." + next + "#### Santiago"), "Santiago");
}

TEST(AnswerReaderTest, ThinkingIsNotTheAnswer) {
  const std::string thought = "<think>\n#### A\n\\boxed{A}\nx = A\n</think>\n\n";
  EXPECT_EQ(Find({.find = "choice"}, thought + "So it is B."), "none");
  EXPECT_EQ(Find({.find = "choice"}, thought + "#### B"), "B");
  EXPECT_EQ(Find({.find = "box"}, thought + "Lima"), "none");
  EXPECT_EQ(Find({.find = "regex", .regex = "= (\\w+)"}, thought), "none");
}

TEST(AnswerReaderTest, AChoiceIsALetterByItself) {
  const AnswerSettings settings{.find = "choice", .marker = "Answer:"};
  for (const char* text : {"Answer: B", "Answer: (b)", "Answer: **B**", "Answer: B) Lima",
                           "Answer: B. Lima", "Answer: $\\boxed{B}$."}) {
    EXPECT_EQ(Find(settings, text), "B") << text;
  }
  EXPECT_EQ(Find(settings, "Answer: A cat"), "none");
  EXPECT_EQ(Find(settings, "Answer: Lima"), "none");
}

TEST(AnswerReaderTest, AChoiceIsFoundWhereverItIsStated) {
  const AnswerSettings settings{.find = "choice"};
  EXPECT_EQ(Find(settings, "(A) is too far, so the answer is (B).", kFlexible), "B");
  EXPECT_EQ(Find(settings, "So it is \\boxed{C}.", kFlexible), "C");
  EXPECT_EQ(Find(settings, "Not (A), but (D)", kFlexible), "D");
  EXPECT_EQ(Find(settings, "The answer is a cat.", kFlexible), "none");
  EXPECT_EQ(Find(settings, "the answer is (B)", kStrict), "none");
}

TEST(AnswerReaderTest, ABoxIsTextOrANumber) {
  EXPECT_EQ(Find({.find = "box"}, "so \\boxed{x^{2} + 1}."), "x^{2} + 1");
  EXPECT_EQ(Find({.find = "box", .compare = "number"}, "so \\boxed{\\frac{1}{2}}"), "0.5");
  EXPECT_EQ(Find({.find = "box", .compare = "number"}, "so it is 7", kFlexible), "7");
  EXPECT_EQ(Find({.find = "box"}, "so it is 7", kFlexible), "none");
}

TEST(AnswerReaderTest, TextIsTheRestOfTheLine) {
  EXPECT_EQ(Find({.find = "text"}, "####  New \t York \nmore"), "New York");
  EXPECT_EQ(Find({.find = "text", .compare = "ignore_case"}, "#### New York"), "new york");
  EXPECT_EQ(Find({.find = "text"}, "####  \n"), "none");
}

TEST(AnswerReaderTest, OfARegexTheLastMatchCounts) {
  const AnswerSettings settings{.find = "regex", .regex = R"(^result (\w+)$)"};
  EXPECT_EQ(Find(settings, "result one\nresult two\nresult 3 or 4"), "two");
  EXPECT_EQ(Find(settings, "the result one"), "none");
  EXPECT_EQ(Find({.find = "regex", .regex = "yes|no"}, "no, yes"), "yes");
  EXPECT_EQ(Find({.find = "regex", .regex = R"(= (\S+))", .compare = "number"}, "a = 1/4"), "0.25");
}

TEST(AnswerReaderTest, ARegexThatMatchesNothingEnds) {
  EXPECT_EQ(Find({.find = "regex", .regex = "a*"}, "baac"), "aa");
  EXPECT_EQ(Find({.find = "regex", .regex = "a*"}, "bbb"), "none");
}

// Backtracking would take longer than the universe has lasted, or all of the stack.
TEST(AnswerReaderTest, NoRegexTakesLong) {
  const AnswerSettings settings{.find = "regex", .regex = "(?:(?:a+)+)+b"};
  EXPECT_EQ(Find(settings, std::string(1 << 20, 'a')), "none");
}

TEST(AnswerReaderTest, GoldAnswersAreReadInTheSameForm) {
  EXPECT_EQ(AnswerReader({}).Gold("$29.00"), "29");
  EXPECT_EQ(AnswerReader({}).Gold("9 + 9 = 18\n#### 18"), "18");
  EXPECT_EQ(AnswerReader({}).Gold("eighteen"), std::nullopt);
  EXPECT_EQ(AnswerReader({.find = "choice"}).Gold("b"), "B");
  EXPECT_EQ(AnswerReader({.find = "choice"}).Gold("1"), std::nullopt);
  EXPECT_EQ(AnswerReader({.find = "text", .compare = "ignore_case"}).Gold(" Lima "), "lima");
}

TEST(AnswerReaderTest, SettingsThatCannotBe) {
  const auto fails = [](const AnswerSettings& settings, const char* with) {
    EXPECT_THAT([&] { AnswerReader reader(settings); }, ThrowsMessage<Error>(HasSubstr(with)));
  };
  fails({.find = "regex"}, "answer.regex goes with");
  fails({.regex = "x"}, "answer.regex goes with");
  fails({.find = "regex", .regex = "(x"}, "answer.regex = (x: not a regular expression (RE2)");
  fails({.find = "regex", .regex = "(x)(y)"}, "2 groups");
  fails({.compare = "exact"}, "answer.compare = exact");
  fails({.find = "choice", .compare = "number"}, "a choice is a letter");
  fails({.marker = ""}, "answer.marker is empty");
}

}  // namespace
}  // namespace pgts::task
