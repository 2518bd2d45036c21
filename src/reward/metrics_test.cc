// SPDX-License-Identifier: Apache-2.0
#include "reward/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "base/random.h"

namespace pgts::reward {
namespace {

using ::testing::HasSubstr;

// Scores 0.9, 0.6, 0.4, 0.2 as logits.
std::vector<ScoredStep> FourSteps() {
  const auto step = [](double score, int label, int depth) {
    return ScoredStep{.logit = std::log(score / (1 - score)), .label = label, .depth = depth};
  };
  return {step(0.9, 1, 1), step(0.6, 0, 2), step(0.4, 1, 2), step(0.2, 0, 2)};
}

TEST(MetricsTest, ByHand) {
  const RewardMetrics m = Measure(FourSteps(), {});
  EXPECT_EQ(m.steps, 4);
  EXPECT_EQ(m.confusion.true_positive, 1);
  EXPECT_EQ(m.confusion.false_positive, 1);
  EXPECT_EQ(m.confusion.true_negative, 1);
  EXPECT_EQ(m.confusion.false_negative, 1);
  EXPECT_DOUBLE_EQ(m.accuracy, 0.5);
  EXPECT_DOUBLE_EQ(m.precision, 0.5);
  EXPECT_DOUBLE_EQ(m.recall, 0.5);
  EXPECT_DOUBLE_EQ(m.f1, 0.5);
  EXPECT_DOUBLE_EQ(m.specificity, 0.5);
  // Of four (positive, negative) pairs three are in order.
  EXPECT_DOUBLE_EQ(m.step_auc, 0.75);
  EXPECT_NEAR(m.loss, -(std::log(0.9) + std::log(0.4) + std::log(0.4) + std::log(0.8)) / 4, 1e-9);
  ASSERT_EQ(m.by_depth.size(), 2u);
  EXPECT_EQ(m.by_depth[1].steps, 3);
  EXPECT_NEAR(m.by_depth[1].mean_score, 0.4, 1e-9);
  EXPECT_DOUBLE_EQ(m.by_depth[1].auc, 0.5);
  EXPECT_TRUE(std::isnan(m.by_depth[0].auc));
  EXPECT_TRUE(std::isnan(m.outcome_auc));
}

TEST(MetricsTest, ThresholdMovesTheConfusion) {
  const RewardMetrics m = Measure(FourSteps(), {}, 0.7);
  EXPECT_DOUBLE_EQ(m.precision, 1);
  EXPECT_DOUBLE_EQ(m.specificity, 1);
  EXPECT_DOUBLE_EQ(m.recall, 0.5);
}

TEST(MetricsTest, OutcomeAndExactTruthHaveTheirOwnAuc) {
  std::vector<ScoredStep> steps = FourSteps();
  steps[0].grade = 0;
  steps[3].grade = 1;
  for (ScoredStep& step : steps) step.exact = step.logit > 0;
  const RewardMetrics m = Measure(steps, {});
  EXPECT_DOUBLE_EQ(m.outcome_auc, 0);
  EXPECT_DOUBLE_EQ(m.within_problem_auc, 0);
  EXPECT_DOUBLE_EQ(m.exact_auc, 1);
  steps[3].problem = 1;
  EXPECT_TRUE(std::isnan(Measure(steps, {}).within_problem_auc));
}

TEST(MetricsTest, BinsHoldTheStepsOfTheirScores) {
  std::vector<ScoredStep> steps = FourSteps();
  steps.push_back({.logit = std::log(0.65 / 0.35), .label = 1});  // beside 0.6
  const RewardMetrics m = Measure(steps, {});
  ASSERT_EQ(m.by_score.size(), 4u);
  EXPECT_EQ(m.by_score[2].steps, 2);
  EXPECT_NEAR(m.by_score[2].mean_score, 0.625, 1e-9);
  EXPECT_DOUBLE_EQ(m.by_score[2].positive_share, 0.5);
  // Their weighted distance from the diagonal is the calibration error.
  double error = 0;
  for (const CalibrationBin& bin : m.by_score) {
    error += std::abs(bin.mean_score - bin.positive_share) * static_cast<double>(bin.steps) / 5;
  }
  EXPECT_NEAR(error, m.ece, 1e-12);
  EXPECT_EQ(MetricsFromJson(Json::parse(JsonText(ToJson(m)))).by_score.size(), 4u);
}

TEST(MetricsTest, NoLabelIsAnErrorNotAZero) {
  const std::vector<ScoredStep> unlabelled = {{.logit = 1}, {.logit = -1}};
  EXPECT_THROW(Measure(unlabelled, {}), Error);
}

TEST(MetricsTest, JsonRoundTripKeepsNumbersAndMissingOnes) {
  RewardMetrics m = Measure(FourSteps(), {});
  EXPECT_TRUE(std::isnan(MetricsFromJson(ToJson(m)).words_auc));
  m.words_auc = 0.61;
  const RewardMetrics back = MetricsFromJson(Json::parse(JsonText(ToJson(m))));
  EXPECT_DOUBLE_EQ(back.step_auc, m.step_auc);
  EXPECT_DOUBLE_EQ(back.f1, m.f1);
  EXPECT_EQ(back.confusion.false_negative, 1);
  EXPECT_EQ(back.by_depth.size(), m.by_depth.size());
  EXPECT_TRUE(std::isnan(back.outcome_auc));
  EXPECT_DOUBLE_EQ(back.words_auc, 0.61);
  EXPECT_EQ(back.scores, m.scores);
  EXPECT_THAT(MetricsTable(m), HasSubstr("step AUC"));
  EXPECT_THAT(MetricsTable(m), ::testing::ContainsRegex("bag of words.*0.610"));
}

TEST(MetricsTest, AScoreThatIsNotANumberIsAnError) {
  std::vector<ScoredStep> steps = FourSteps();
  steps[2].logit = std::nan("");
  EXPECT_THROW(Measure(steps, {}), Error);
}

}  // namespace
}  // namespace pgts::reward
