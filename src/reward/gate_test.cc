// SPDX-License-Identifier: Apache-2.0
#include "reward/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"

namespace pgts::reward {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr GateReading kGood{.extraction_rate = 0.98,
                            .cut_off_rate = 0.01,
                            .right_share = 0.5,
                            .step_auc = 0.9,
                            .max_new_tokens = 24};

TEST(GateTest, LetsAWorkingPairPass) {
  EXPECT_THAT(GateProblems(kGood, {}), IsEmpty());
  EXPECT_NO_THROW(PassGate(kGood, {}));
}

TEST(GateTest, SaysWhatIsWrongInWords) {
  GateReading bad = kGood;
  bad.extraction_rate = 0.1;
  EXPECT_THAT(GateProblems(bad, {}), ElementsAre(HasSubstr("only 10 % of the rollouts state an")));
  bad = kGood;
  bad.cut_off_rate = 0.6;
  EXPECT_THAT(GateProblems(bad, {}), ElementsAre(HasSubstr("max_new_tokens = 24")));
  bad = kGood;
  bad.step_auc = 0.52;
  EXPECT_THAT(GateProblems(bad, {}), ElementsAre(HasSubstr("step AUC 0.52")));
  bad = kGood;
  bad.right_share = 0;
  EXPECT_THAT(GateProblems(bad, {}), ElementsAre(HasSubstr("too hard")));
}

TEST(GateTest, WhatWasNotMeasuredDoesNotPass) {
  GateReading bad = kGood;
  bad.step_auc = std::nan("");
  EXPECT_THAT(GateProblems(bad, {}), ElementsAre(HasSubstr("all right or all wrong")));
}

// Imports alone: there is no generator's text to look at.
TEST(GateTest, WithoutRolloutsTheRewardModelAloneCounts) {
  GateReading imports{.extraction_rate = std::nan(""), .step_auc = 0.9};
  EXPECT_THAT(GateProblems(imports, {}), IsEmpty());
  EXPECT_NO_THROW(PassGate(imports, {}));
  imports.step_auc = 0.5;
  EXPECT_THAT(GateProblems(imports, {}), ElementsAre(HasSubstr("step AUC 0.50")));
}

TEST(GateTest, WarnsInsteadWhenAsked) {
  GateReading bad = kGood;
  bad.step_auc = 0.5;
  EXPECT_THROW(PassGate(bad, {}), Error);
  EXPECT_NO_THROW(PassGate(bad, {.gate = "warn"}));
}

}  // namespace
}  // namespace pgts::reward
