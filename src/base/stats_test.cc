// SPDX-License-Identifier: Apache-2.0
#include "base/stats.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace pgts {
namespace {

TEST(StatsTest, MeanDeviationAndQuantiles) {
  const std::vector<double> values = {4, 1, 3, 2};
  EXPECT_DOUBLE_EQ(Mean(values), 2.5);
  EXPECT_DOUBLE_EQ(StandardDeviation(values), std::sqrt(5.0 / 3));
  EXPECT_DOUBLE_EQ(Quantile(values, 0), 1);
  EXPECT_DOUBLE_EQ(Quantile(values, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(Quantile(values, 0.25), 1.75);
  EXPECT_DOUBLE_EQ(Quantile(values, 1), 4);
  EXPECT_TRUE(std::isnan(Mean({})));
  EXPECT_TRUE(std::isnan(Quantile({}, 0.5)));
}

TEST(StatsTest, AucCountsTiesHalf) {
  const std::vector<double> scores = {0.1, 0.4, 0.35, 0.8};
  EXPECT_DOUBLE_EQ(Auc(scores, std::vector<int>{0, 0, 1, 1}), 0.75);
  EXPECT_DOUBLE_EQ(Auc(std::vector<double>{1, 1, 1}, std::vector<int>{0, 1, 1}), 0.5);
  // Pairs: 0.5 against 0.5 (half), 0.5 against 0.2, 0.9 against both.
  EXPECT_DOUBLE_EQ(Auc(std::vector<double>{0.5, 0.5, 0.2, 0.9}, std::vector<int>{1, 0, 0, 1}),
                   3.5 / 4);
  EXPECT_TRUE(std::isnan(Auc(scores, std::vector<int>{1, 1, 1, 1})));
}

TEST(StatsTest, CalibrationErrorWeighsBins) {
  // Bin [0, 0.1): two at 0.05, one right: gap 0.45. Bin [0.9, 1]: two at 1, both right: gap 0.
  const std::vector<double> probabilities = {0.05, 0.05, 1, 1};
  EXPECT_NEAR(ExpectedCalibrationError(probabilities, std::vector<int>{1, 0, 1, 1}), 0.225, 1e-12);
}

std::vector<double> NormalValues(int n, double mean, uint64_t seed) {
  RandomStream stream(Key("test").With(seed));
  std::vector<double> values;
  for (int i = 0; i < n; ++i) {
    const double radius = std::sqrt(-2 * std::log(1 - stream.Uniform()));
    values.push_back(mean + radius * std::cos(2 * M_PI * stream.Uniform()));
  }
  return values;
}

TEST(StatsTest, AucWithinProblemsIgnoresHowProblemsDiffer) {
  // Problem 1 is easy and scores high, problem 2 is hard and scores low; 3 has one class alone.
  const std::vector<double> scores{0.9, 0.8, 0.7, 0.1, 0.3, 0.2, 0.95};
  const std::vector<int> labels{1, 1, 0, 0, 0, 1, 1};
  const std::vector<int64_t> problems{1, 1, 1, 2, 2, 2, 3};
  EXPECT_DOUBLE_EQ(AucWithinProblems(scores, labels, problems), 3.0 / 4);  // of 2 and 2 pairs
  EXPECT_TRUE(std::isnan(AucWithinProblems(std::vector<double>{1, 2}, std::vector<int>{1, 0},
                                           std::vector<int64_t>{1, 2})));
}

TEST(StatsTest, BootstrapAucResamplesProblemsNotScores) {
  std::vector<double> scores;
  std::vector<int> labels;
  std::vector<int64_t> alone, in_tens;
  RandomStream random{Key("auc")};
  for (int i = 0; i < 400; ++i) {
    labels.push_back(i / 10 % 2);  // of one kind in each ten
    scores.push_back(random.Uniform() + 0.5 * labels.back());
    alone.push_back(i);
    in_tens.push_back(i / 10);
  }
  const BootstrapOptions options{.resamples = 500};
  const Interval single = BootstrapAuc(scores, labels, alone, options);
  EXPECT_EQ(single.estimate, Auc(scores, labels));
  // Hanley and McNeil (1982) give a standard error of 0.017 at an AUC of 0.875 of 200 and 200.
  EXPECT_NEAR(single.high - single.low, 2 * 1.96 * 0.017, 0.02);
  // Ten copies of each score are one observation.
  std::vector<double> copied;
  for (int i = 0; i < 400; ++i) copied.push_back(scores[i / 10 * 10]);
  const Interval copies = BootstrapAuc(copied, labels, in_tens, options);
  const Interval naive = BootstrapAuc(copied, labels, alone, options);
  EXPECT_GT(copies.high - copies.low, 2 * (naive.high - naive.low));
  EXPECT_TRUE(std::isnan(BootstrapAuc(scores, std::vector<int>(400, 1), alone, options).low));
}

TEST(StatsTest, BootstrapMeanIsCloseToTheNormalInterval) {
  const std::vector<double> values = NormalValues(401, 1, 0);
  const Interval interval = BootstrapMean(values);
  const double half = 1.96 * StandardDeviation(values) / std::sqrt(401.0);
  EXPECT_DOUBLE_EQ(interval.estimate, Mean(values));
  EXPECT_NEAR(interval.low, Mean(values) - half, 0.1 * half);
  EXPECT_NEAR(interval.high, Mean(values) + half, 0.1 * half);
  EXPECT_EQ(BootstrapMean(values).low, interval.low);
  EXPECT_NE(BootstrapMean(values, {.seed = 1}).low, interval.low);
}

TEST(StatsTest, PairingRemovesWhatProblemsShare) {
  const std::vector<double> difficulty = NormalValues(200, 0, 1);
  std::vector<double> a;
  std::vector<double> b;
  for (size_t i = 0; i < difficulty.size(); ++i) {
    a.push_back(10 * difficulty[i] + 0.5);
    b.push_back(10 * difficulty[i] + (i % 2 == 0 ? 0.1 : -0.1));
  }
  const Interval interval = PairedBootstrap(a, b);
  EXPECT_NEAR(interval.estimate, 0.5, 1e-9);
  EXPECT_GT(interval.low, 0.47);
  EXPECT_LT(interval.high, 0.53);
  EXPECT_LT(interval.low, interval.estimate);
}

}  // namespace
}  // namespace pgts
