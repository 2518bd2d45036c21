// SPDX-License-Identifier: Apache-2.0
#include "reward/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "reward/metrics.h"

namespace pgts::reward {
namespace {

std::vector<Evidence> Logits(std::vector<double> logits) {
  std::vector<Evidence> evidence;
  for (const double logit : logits) evidence.push_back({.logit = logit});
  return evidence;
}

TEST(LogisticTest, FindsTheValuesThatMadeTheLabels) {
  RandomStream random{Key("calibration")};
  const Logistic truth{
      .logit = 0.5, .mean_log_prob = 2, .least_log_prob = 1, .wrong_equations = 1.5, .offset = 1};
  std::vector<Evidence> evidence;
  std::vector<int> labels;
  for (int i = 0; i < 20'000; ++i) {
    evidence.push_back({.logit = 8 * random.Uniform() - 4,
                        .path = {.mean_log_prob = -2 * random.Uniform(),
                                 .least_log_prob = -3 * random.Uniform(),
                                 .wrong_equations = random.Below(3)}});
    labels.push_back(random.Uniform() < truth.Score(evidence.back()) ? 1 : 0);
  }
  const Logistic fit = FitLogistic(evidence, labels);
  EXPECT_NEAR(fit.logit, 0.5, 0.05);
  EXPECT_NEAR(fit.mean_log_prob, 2, 0.15);
  EXPECT_NEAR(fit.least_log_prob, 1, 0.1);
  EXPECT_NEAR(fit.wrong_equations, 1.5, 0.1);
  EXPECT_EQ(fit.unused_numbers, 0);  // none was seen
  EXPECT_NEAR(fit.offset, 1, 0.15);
}

TEST(LogisticTest, APredictorAgainstTheLabelsIsLeftOut) {
  std::vector<Evidence> evidence = Logits({2, 1, 2, -1, -2, 1});
  const std::vector<double> log_probs = {-9, -8, -7, -3, -1, -2};
  for (size_t i = 0; i < evidence.size(); ++i) evidence[i].path.mean_log_prob = log_probs[i];
  const Logistic fit = FitLogistic(evidence, std::vector<int>{0, 0, 0, 1, 1, 1});
  EXPECT_EQ(fit.logit, 0);
  EXPECT_GT(fit.mean_log_prob, 0);
}

TEST(LogisticTest, SeparableLabelsStayFiniteAndInOrder) {
  const Logistic fit = FitLogistic(Logits({-2, -1, 1, 2}), std::vector<int>{0, 0, 1, 1});
  EXPECT_TRUE(std::isfinite(fit.logit));
  EXPECT_GT(fit.logit, 1);
}

TEST(LogisticTest, KeepsTheIdentityWhereNothingCanBeFitted) {
  const std::vector<Evidence> evidence = Logits({-2, -1, 1, 2});
  EXPECT_EQ(FitLogistic(evidence, std::vector<int>{1, 1, 1, 1}), Logistic{});
  // Scores that are the wrong way round must not be turned in secret.
  EXPECT_EQ(FitLogistic(evidence, std::vector<int>{1, 1, 0, 0}), Logistic{});
}

// Steps of every kind; inner ones are right twice as often as their logit says of a terminal one.
std::vector<ScoredStep> StepsOfEveryKind(bool written) {
  RandomStream random{Key("kinds")};
  std::vector<ScoredStep> steps;
  for (int i = 0; i < 4'000; ++i) {
    ScoredStep step{.logit = 8 * random.Uniform() - 4,
                    .path = {.wrong_equations = random.Below(3), .finished = i % 2 == 0}};
    const double z = step.logit - step.path.wrong_equations + (step.path.finished ? -1 : 1);
    if (written) step.path.Add(-random.Uniform(), 1);
    step.label = random.Uniform() < 1 / (1 + std::exp(-z)) ? 1 : 0;
    steps.push_back(step);
  }
  return steps;
}

TEST(CalibrationTest, AnswersAndStepsBeforeThemAreFittedApart) {
  const Calibration fit = CalibrateOn(StepsOfEveryKind(/*written=*/true), /*weigh_slips=*/true);
  EXPECT_NEAR(fit.written_inner.offset, 1, 0.3);
  EXPECT_NEAR(fit.written_terminal.offset, -1, 0.3);
  EXPECT_NEAR(fit.written_terminal.wrong_equations, 1, 0.3);
  EXPECT_GT(fit.Score({.logit = 0, .path = {.written = true}}), 0.6);
  EXPECT_LT(fit.Score({.logit = 0, .path = {.written = true, .finished = true}}), 0.4);
}

TEST(CalibrationTest, WhatNobodyWroteIsJudgedWithoutLogProbabilities) {
  const Calibration fit = CalibrateOn(StepsOfEveryKind(/*written=*/true), /*weigh_slips=*/true);
  EXPECT_EQ(fit.given_inner.mean_log_prob, 0);
  EXPECT_EQ(fit.given_terminal.least_log_prob, 0);
  const Calibration of_given = CalibrateOn(StepsOfEveryKind(/*written=*/false), true);
  EXPECT_EQ(of_given.written_inner, of_given.given_inner);
}

TEST(CalibrationTest, TooFewAnswersAreFittedWithTheStepsBeforeThem) {
  std::vector<ScoredStep> steps = StepsOfEveryKind(/*written=*/true);
  for (size_t i = 30; i < steps.size(); ++i) steps[i].path.finished = false;
  std::vector<Evidence> evidence;
  std::vector<int> labels;
  for (const ScoredStep& step : steps) {
    evidence.push_back(step.evidence());
    labels.push_back(*step.label);
  }
  const Calibration fit = FitCalibration(evidence, labels);
  EXPECT_EQ(fit.written_terminal, FitLogistic(evidence, labels));
  EXPECT_NE(fit.written_terminal, fit.written_inner);
}

TEST(CalibrationTest, SlipsThatAreNotWeighedHaveNoSay) {
  const Calibration fit = CalibrateOn(StepsOfEveryKind(/*written=*/true), /*weigh_slips=*/false);
  EXPECT_EQ(fit.written_inner.wrong_equations, 0);
  EXPECT_EQ(fit.given_terminal.wrong_equations, 0);
}

}  // namespace
}  // namespace pgts::reward
