// SPDX-License-Identifier: Apache-2.0
#include "reward/diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace pgts::reward {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Half of 200 steps right; logits +strength and -strength around `middle`, with noise.
std::vector<ScoredStep> Steps(double strength, double middle = 0) {
  RandomStream random{Key("diagnosis")};
  std::vector<ScoredStep> steps;
  for (int i = 0; i < 200; ++i) {
    const int label = i % 2;
    const double logit = middle + (label ? strength : -strength) + 2 * random.Uniform() - 1;
    steps.push_back({.logit = logit, .label = label, .grade = label, .depth = 1 + i / 100});
  }
  return steps;
}

// The names of what is wrong.
std::vector<std::string> Wrong(const std::vector<ScoredStep>& steps, double words_auc = 0.6) {
  RewardMetrics metrics = Measure(steps, {});
  metrics.words_auc = words_auc;
  std::vector<std::string> names;
  std::vector<Check> checks = RewardModelChecks(steps, metrics, {}, {});
  checks.push_back(WordsCheck(metrics));
  for (const Check& check : checks) {
    if (!check.passed()) names.push_back(check.name);
  }
  return names;
}

TEST(DiagnosisTest, AGoodJudgeHasNothingToMend) { EXPECT_THAT(Wrong(Steps(3)), IsEmpty()); }

TEST(DiagnosisTest, AJudgeThatKnowsNothingFails) {
  const std::vector<std::string> wrong = Wrong(Steps(0));
  EXPECT_THAT(wrong, Contains("step AUC"));
  EXPECT_THAT(wrong, Contains("outcome AUC"));
  EXPECT_THAT(wrong, Contains("flipped labels found"));
}

// It ranks perfectly, so that no AUC objects; but it calls every step right.
TEST(DiagnosisTest, ScoresOnOneSideFailAlthoughTheyRank) {
  const std::vector<std::string> wrong = Wrong(Steps(1, 6));
  EXPECT_THAT(wrong, ::testing::Not(Contains("step AUC")));
  EXPECT_THAT(wrong, Contains("F1"));
  EXPECT_THAT(wrong, Contains("calibration error"));
  EXPECT_NEAR(FlippedLabelAuc(Steps(1, 6), {}), 0.75, 0.08);
  EXPECT_GT(FlippedLabelAuc(Steps(3), {}), 0.99);
}

TEST(DiagnosisTest, ADepthThatIsJudgedTheWrongWayRoundIsNamed) {
  std::vector<ScoredStep> steps = Steps(3);
  for (ScoredStep& step : steps) step.logit *= step.depth == 2 ? -0.5 : 1;
  EXPECT_THAT(Wrong(steps), Contains("score by depth"));
}

TEST(DiagnosisTest, ABagOfWordsThatDoesAsWellIsALeak) {
  EXPECT_THAT(Wrong(Steps(3), /*words_auc=*/0.99), ::testing::ElementsAre("bag of words"));
  EXPECT_THAT(Wrong(Steps(3), std::nan("")), IsEmpty());
}

TEST(DiagnosisTest, CorruptionsThatWordsGiveAwayAreNamed) {
  RewardMetrics metrics;
  EXPECT_TRUE(CorruptionStyleCheck(metrics).passed());  // not measured
  metrics.corruption_words_auc = 0.55;
  EXPECT_TRUE(CorruptionStyleCheck(metrics).passed());
  metrics.corruption_words_auc = 0.9;
  EXPECT_FALSE(CorruptionStyleCheck(metrics).passed());
}

std::vector<ScoredStep> Logits(std::vector<double> logits) {
  std::vector<ScoredStep> steps;
  for (const double logit : logits) steps.push_back({.logit = logit});
  return steps;
}

TEST(CorruptionReadingTest, ByHand) {
  const CorruptionPair pairs[] = {
      // Falls at step 2 and stays below the score of step 1.
      {.wrong_step = 1, .damaged = Logits({2, -1, -2}), .reference = Logits({2, 3, 3})},
      // Falls, and recovers behind it.
      {.wrong_step = 1, .damaged = Logits({2, -1, 2.5}), .reference = Logits({2, 3, 3})},
      // Does not fall; it is the last step, so nothing follows.
      {.wrong_step = 1, .damaged = Logits({2, 4}), .reference = Logits({2, 3, 3})},
      // The first step is damaged: the reference's is the bar.
      {.wrong_step = 0, .damaged = Logits({-1, 0}), .reference = Logits({1, 3})}};
  const CorruptionReading reading = ReadCorruptions(pairs, {});
  EXPECT_EQ(reading.pairs, 4);
  EXPECT_DOUBLE_EQ(reading.falls, 0.75);
  EXPECT_DOUBLE_EQ(reading.stays_down, 2.0 / 3);
  const auto p = [](double logit) { return 1 / (1 + std::exp(-logit)); };
  EXPECT_DOUBLE_EQ(reading.before, p(2));
  EXPECT_DOUBLE_EQ(reading.at, (p(-1) + p(-1) + p(4) + p(-1)) / 4);
  EXPECT_DOUBLE_EQ(reading.reference, (p(3) + p(3) + p(3) + p(1)) / 4);
  EXPECT_DOUBLE_EQ(reading.last, (p(-2) + p(2.5) + p(4) + p(0)) / 4);

  const std::vector<Check> checks = CorruptionChecks(reading);
  ASSERT_EQ(checks.size(), 2u);
  EXPECT_TRUE(checks[0].passed());
  EXPECT_THAT(checks[1].problem, HasSubstr("recovers"));
}

TEST(CorruptionReadingTest, WithoutPairsNothingIsHeldAgainstIt) {
  const std::vector<Check> checks = CorruptionChecks(ReadCorruptions({}, {}));
  ASSERT_EQ(checks.size(), 1u);
  EXPECT_TRUE(checks[0].passed());
}

}  // namespace
}  // namespace pgts::reward
