// SPDX-License-Identifier: Apache-2.0
#include "task/step_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgts::task {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<bool> Check(std::vector<std::string> steps) {
  const Problem problem{.gold = "46", .solution = "14+9=23\n60/3=20\n23*2=46\n#### 46"};
  return CheckSteps(problem, steps);
}

TEST(CheckStepsTest, TheReferenceIsCorrectWithAndWithoutNewlines) {
  EXPECT_THAT(Check({"14+9=23\n", "60/3=20\n", "23*2=46\n", "#### 46"}),
              ElementsAre(true, true, true, true));
  EXPECT_THAT(Check({}), IsEmpty());
}

TEST(CheckStepsTest, OperandsOfSumsAndProductsMayBeExchanged) {
  EXPECT_THAT(Check({"9+14=23", "60/3=20", "2*23=46"}), ElementsAre(true, true, true));
  EXPECT_THAT(Check({"14+9=23", "3/60=20"}), ElementsAre(true, false));
}

TEST(CheckStepsTest, NothingIsCorrectAfterTheFirstMistake) {
  EXPECT_THAT(Check({"14+9=24", "60/3=20", "23*2=46", "#### 46"}),
              ElementsAre(false, false, false, false));
  EXPECT_THAT(Check({"14+9=23", "23*2=46", "60/3=20"}), ElementsAre(true, false, false));
}

TEST(CheckStepsTest, StepsAfterTheAnswerOrCutOffAreNotCorrect) {
  EXPECT_THAT(Check({"14+9=23", "60/3=20", "23*2=46", "#### 46", "#### 46"}),
              ElementsAre(true, true, true, true, false));
  EXPECT_THAT(Check({"14+9=2"}), ElementsAre(false));
  EXPECT_THAT(Check({"14+9=23\n60/3=20\n"}), ElementsAre(false));
  EXPECT_THAT(Check({""}), ElementsAre(false));
}

}  // namespace
}  // namespace pgts::task
