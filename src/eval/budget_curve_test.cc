// SPDX-License-Identifier: Apache-2.0
#include "eval/budget_curve.h"

#include <gtest/gtest.h>

#include <cmath>

#include "eval/budget_fixture.h"

namespace pgts::eval {
namespace {

constexpr auto kTokens = &ProblemRecord::tokens;

TEST(MakePointTest, IsTheMeanOverSeedsProblemByProblem) {
  const BudgetPoint point =
      MakePoint(50, {ByHand("a", {1, 0, 1, 1}, 10), ByHand("a", {1, 1, 0, 1}, 30)});
  EXPECT_EQ(point.budget, 50);
  EXPECT_EQ(point.result.Correct(), (std::vector<double>{1, 0.5, 0.5, 1}));
  EXPECT_EQ(point.Mean(kTokens), 20);
  EXPECT_EQ(point.accuracy.estimate, 0.75);
  EXPECT_LT(point.accuracy.low, 0.75);
  EXPECT_EQ(point.result.setting, "as a");
}

TEST(ReferenceTest, IsPgtsOrWithoutItTheBestAtTheLargestBudget) {
  BudgetComparison comparison = ThreeMethods();
  EXPECT_EQ(Reference(comparison).method, "pgts");
  EXPECT_EQ(BestOther(comparison, 0)->method, "cot_sampled");
  EXPECT_EQ(BestOther(comparison, 1)->method, "beam");
  comparison.curves.pop_back();
  EXPECT_EQ(Reference(comparison).method, "beam");
  EXPECT_EQ(BestOther(comparison, 1)->method, "cot_sampled");
  comparison.curves.pop_back();
  EXPECT_EQ(BestOther(comparison, 1), nullptr);
}

TEST(ReferenceTest, OfEquallyAccurateOnesTheCheaperIsTheBest) {
  BudgetComparison comparison{.budgets = {50}};
  for (const auto& [name, tokens] : {std::pair("a", 30.0), std::pair("b", 20.0)}) {
    comparison.curves.push_back({name, {MakePoint(50, {ByHand(name, {1, 0}, tokens)})}});
  }
  EXPECT_EQ(Reference(comparison).method, "b");
}

TEST(DifferenceTest, IsPairedByProblem) {
  const BudgetPoint a = MakePoint(50, {ByHand("a", {1, 1, 0, 1}, 1)});
  const BudgetPoint b = MakePoint(50, {ByHand("b", {0.5, 0.5, -0.5, 0.5}, 1)});
  const Interval difference = Difference(a, b);  // the same for every problem
  EXPECT_EQ(difference.estimate, 0.5);
  EXPECT_EQ(difference.low, 0.5);
  EXPECT_EQ(difference.high, 0.5);
}

TEST(AccuracyAtTest, IsStraightBetweenPointsOnALogScale) {
  const BudgetComparison comparison = ThreeMethods();
  const MethodCurve& pgts = *comparison.Find("pgts");  // 25 % with 40, 100 % with 160
  EXPECT_EQ(AccuracyAt(pgts, kTokens, 39), std::nullopt);
  EXPECT_DOUBLE_EQ(*AccuracyAt(pgts, kTokens, 40), 0.25);
  EXPECT_DOUBLE_EQ(*AccuracyAt(pgts, kTokens, 80), 0.625);  // half way
  EXPECT_DOUBLE_EQ(*AccuracyAt(pgts, kTokens, 160), 1);
  EXPECT_DOUBLE_EQ(*AccuracyAt(pgts, kTokens, 1000), 1);
  EXPECT_NEAR(*AccuracyAt(pgts, &ProblemRecord::flops, 80e6), 0.625, 1e-12);
  // Two points of one cost: what the larger budget came to.
  EXPECT_DOUBLE_EQ(*AccuracyAt(*comparison.Find("cot_sampled"), kTokens, 45), 0.5);
}

TEST(CostOfTest, IsTheLeastAtWhichTheCurveReachesTheAccuracy) {
  const BudgetComparison comparison = ThreeMethods();
  const MethodCurve& pgts = *comparison.Find("pgts");
  EXPECT_DOUBLE_EQ(*CostOf(pgts, kTokens, 0.2), 40);
  EXPECT_DOUBLE_EQ(*CostOf(pgts, kTokens, 0.625), 80);
  EXPECT_DOUBLE_EQ(*CostOf(pgts, kTokens, 1), 160);
  EXPECT_EQ(CostOf(*comparison.Find("beam"), kTokens, 0.8), std::nullopt);
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

}  // namespace
}  // namespace pgts::eval
