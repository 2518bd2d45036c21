// SPDX-License-Identifier: Apache-2.0
#include "llm/step_end.h"

#include <gtest/gtest.h>

namespace pgts::llm {
namespace {

TEST(StepEnd, EndsAtTheSeparator) {
  EXPECT_FALSE(CompletesStep("abc", 0, "\n"));
  EXPECT_TRUE(CompletesStep("abc\n", 3, "\n"));
  EXPECT_TRUE(CompletesStep("abc.\nX", 3, "\n"));
}

TEST(StepEnd, BlankLinesBelongToTheStepThatFollows) {
  EXPECT_FALSE(CompletesStep("\n", 0, "\n"));
  EXPECT_FALSE(CompletesStep(" \n\nabc", 2, "\n"));
  EXPECT_TRUE(CompletesStep("\n\nabc\n", 5, "\n"));
}

TEST(StepEnd, ASeparatorMaySpanTokens) {
  EXPECT_FALSE(CompletesStep("abc\n", 3, "\n\n"));
  EXPECT_TRUE(CompletesStep("abc\n\n", 4, "\n\n"));
}

TEST(StepEnd, AnyOfSeveralSeparatorsEndsAStep) {
  const SamplingOptions sampling{.separator = "\n\n", .further_separators = {"Therefore", "####"}};
  EXPECT_FALSE(CompletesStep("abc\n", 3, sampling));
  EXPECT_TRUE(CompletesStep("abc\n\n", 4, sampling));
  EXPECT_TRUE(CompletesStep("abc. Therefore", 9, sampling));
  EXPECT_FALSE(CompletesStep("abc ###", 6, sampling));
  EXPECT_TRUE(CompletesStep("abc ####", 7, sampling));
}

TEST(StepEnd, WithoutASeparatorNothingEndsAStep) { EXPECT_FALSE(CompletesStep("a\nb", 0, "")); }

}  // namespace
}  // namespace pgts::llm
