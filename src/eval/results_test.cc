// SPDX-License-Identifier: Apache-2.0
#include "eval/results.h"

#include <gtest/gtest.h>

#include "eval/comparison_fixture.h"

namespace pgts::eval {
namespace {

using Numbers = std::vector<double>;

MethodResult Method(const Numbers& correct) { return ByHand("a", correct, 10); }

TEST(AccuracyInterval, HoldsTheMeanAndFollowsTheSeed) {
  const MethodResult half = Method({1, 0, 1, 0, 1, 0, 1, 0, 1, 0});
  const Interval interval = AccuracyInterval(half, 0);
  EXPECT_DOUBLE_EQ(interval.estimate, 0.5);
  // Of a mean of ten fair draws 95 % lie within 0.5 +- 0.3.
  EXPECT_NEAR(interval.low, 0.2, 1e-9);
  EXPECT_NEAR(interval.high, 0.8, 1e-9);
  EXPECT_EQ(AccuracyInterval(half, 0).low, interval.low);
  const Interval sure = AccuracyInterval(Method({1, 1, 1}), 0);
  EXPECT_EQ(sure.low, 1);
  EXPECT_EQ(sure.high, 1);
}

TEST(PairedDifference, ResamplesProblemsNotMethods) {
  // b is worse by 0.1 on each problem: paired, nothing is left to chance.
  const Interval difference =
      PairedDifference(Method({1, 0.1, 0.5, 0.9}), Method({0.9, 0, 0.4, 0.8}), 0);
  EXPECT_NEAR(difference.estimate, 0.1, 1e-12);
  EXPECT_NEAR(difference.low, 0.1, 1e-12);
  EXPECT_NEAR(difference.high, 0.1, 1e-12);
  const Interval mixed = PairedDifference(Method({1, 0}), Method({0, 1}), 0);
  EXPECT_EQ(mixed.estimate, 0);
  EXPECT_EQ(mixed.low, -1);
  EXPECT_EQ(mixed.high, 1);
}

// Standard deviation 0.5 of three right of four.
TEST(StandardErrorTest, IsThatOfTheMean) {
  EXPECT_DOUBLE_EQ(StandardError(Numbers{1, 1, 0, 1}), 0.25);
  EXPECT_EQ(StandardError(Numbers{1, 1}), 0);
}

TEST(WeightedMeanTest, OfSeedsIsTheirMeanProblemByProblem) {
  const MethodResult mean = WeightedMean(
      std::vector<Weighted>{{ByHand("a", {1, 0, 1, 1}, 10)}, {ByHand("a", {1, 1, 0, 1}, 30)}});
  EXPECT_EQ(mean.Correct(), (Numbers{1, 0.5, 0.5, 1}));
  EXPECT_EQ(mean.MeanOf(&ProblemRecord::tokens), 20);
  EXPECT_EQ(mean.setting, "as a");
}

TEST(WeightedMeanTest, OfAMixtureMeetsItsTokensAndKeepsPairsOfProblems) {
  MethodResult often = ByHand("a", {1, 0}, 20), seldom = ByHand("a", {1, 1}, 100);
  seldom.records[1].recorded = false;
  const MethodResult mean = WeightedMean(std::vector<Weighted>{{often, 0.75}, {seldom, 0.25}});
  EXPECT_EQ(mean.Correct(), (Numbers{1, 0.25}));
  EXPECT_EQ(mean.MeanOf(&ProblemRecord::tokens), 40);
  EXPECT_TRUE(mean.records[0].recorded);
  EXPECT_FALSE(mean.records[1].recorded);
}

// Of four chains, 2, 1 and 0 are right.
TEST(PassAtTest, IsTheChanceThatSomeOfKDrawnChainsIsRight) {
  const std::vector<PassAtK> passes = PassAt(ByHand("cot_sampled", {0.5, 0.25, 0}, 1), 4);
  ASSERT_EQ(passes.size(), 3u);
  EXPECT_EQ(passes[0].k, 1);
  EXPECT_DOUBLE_EQ(passes[0].share, (0.5 + 0.25) / 3);
  EXPECT_EQ(passes[1].k, 2);
  EXPECT_DOUBLE_EQ(passes[1].share, ((1 - 1.0 / 6) + (1 - 3.0 / 6)) / 3);
  EXPECT_EQ(passes[2].k, 4);
  EXPECT_DOUBLE_EQ(passes[2].share, 2.0 / 3);
}

TEST(PassAtTest, EndsWithAllChains) {
  const std::vector<PassAtK> passes = PassAt(ByHand("cot_sampled", {1.0 / 3}, 1), 3);
  ASSERT_EQ(passes.size(), 3u);
  EXPECT_EQ(passes[2].k, 3);
  EXPECT_DOUBLE_EQ(passes[2].share, 1);
  EXPECT_EQ(PassAt(ByHand("cot_sampled", {1}, 1), 1).size(), 1u);
}

}  // namespace
}  // namespace pgts::eval
