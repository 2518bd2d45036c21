// SPDX-License-Identifier: Apache-2.0
#include "task/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace pgts::task {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(TaskTest, AnUnknownNameNamesTheValidOnes) {
  EXPECT_THAT([] { MakeTask("maths"); },
              ThrowsMessage<Error>(
                  AllOf(HasSubstr("'maths'"), HasSubstr("word_problems, countdown, gsm8k"))));
}

TEST(TaskTest, EveryListedNameIsKnown) {
  for (std::string_view name : TaskNames()) {
    try {
      EXPECT_EQ(MakeTask(name, {.data_dir = "/no/such"})->name(), name);
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("/no/such"));
    }
  }
}

TEST(TaskTest, SplitNamesReadBack) {
  for (Split split : kAllSplits) EXPECT_EQ(ParseSplit(SplitName(split)), split);
  EXPECT_THAT([] { ParseSplit("dev"); }, ThrowsMessage<Error>(HasSubstr("use train, validation")));
}

TEST(TaskTest, PlainTextWithExamplesOpensTheAnswerOnAFreshLine) {
  const ProblemPrompt parts{
      .system = "Solve.", .examples = {{"Q1", "1+1=2\n#### 2"}}, .user = "Q2"};
  EXPECT_EQ(PlainText(parts),
            "Solve.\n\nQuestion: Q1\nAnswer:\n1+1=2\n#### 2\n\nQuestion: Q2\nAnswer:\n");
  EXPECT_EQ(PlainText({.user = "Q2"}), "Q2\n");
}

TEST(TaskTest, GradesRightWrongAndNoAnswer) {
  const auto task = MakeTask("word_problems");
  const Problem problem{.gold = "46"};
  EXPECT_EQ(task->Grade("23*2=46\n#### 46\n", problem, AnswerFilter::kStrict), Verdict::kRight);
  EXPECT_EQ(task->Grade("23*2=45\n#### 45\n", problem, AnswerFilter::kStrict), Verdict::kWrong);
  EXPECT_EQ(task->Grade("23*2=46\n", problem, AnswerFilter::kStrict), Verdict::kNoAnswer);
  EXPECT_EQ(task->Grade("23*2=46\n", problem, AnswerFilter::kFlexible), Verdict::kRight);
}

TEST(TaskTest, OnlyALineThatStatesTheAnswerIsTerminal) {
  const auto task = MakeTask("word_problems");
  EXPECT_TRUE(task->IsTerminal("#### 46\n"));
  EXPECT_TRUE(task->IsTerminal("#### 46"));
  EXPECT_FALSE(task->IsTerminal("23*2=46\n"));
  EXPECT_FALSE(task->IsTerminal("####\n"));
  EXPECT_FALSE(task->IsTerminal("The answer is 46\n"));
}

TEST(ProblemTest, NoAnswerIsNeverRight) {
  EXPECT_TRUE(Problem{.gold = "46"}.IsRight("46"));
  EXPECT_FALSE(Problem{.gold = "46"}.IsRight("4"));
  EXPECT_FALSE(Problem{.gold = "46"}.IsRight(""));
  EXPECT_FALSE(Problem{}.IsRight(""));
}

}  // namespace
}  // namespace pgts::task
