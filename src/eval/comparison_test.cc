// SPDX-License-Identifier: Apache-2.0
#include "eval/comparison.h"

#include <gtest/gtest.h>

#include "eval/comparison_fixture.h"

namespace pgts::eval {
namespace {

constexpr auto kTokens = &ProblemRecord::tokens;

TEST(ReferenceTest, IsPgtsOrWithoutItTheBest) {
  Comparison comparison = TwoCaps();
  EXPECT_EQ(Reference(comparison.columns[0]).result.method, "pgts");
  EXPECT_EQ(BestOther(comparison.columns[0])->result.method, "cot_sampled");
  Column& last = comparison.columns[1];
  EXPECT_EQ(BestOther(last)->result.method, "beam");
  last.points.pop_back();
  EXPECT_EQ(Reference(last).result.method, "beam");
  EXPECT_EQ(BestOther(last)->result.method, "cot_sampled");
  last.points.pop_back();
  EXPECT_EQ(BestOther(last), nullptr);
}

TEST(ReferenceTest, OfEquallyAccurateOnesTheCheaperIsTheBest) {
  const Comparison comparison = OneColumn({ByHand("a", {1, 0}, 30), ByHand("b", {1, 0}, 20)});
  EXPECT_EQ(Reference(comparison.columns[0]).result.method, "b");
}

TEST(DifferenceTest, IsPairedByProblem) {
  const Comparison comparison =
      OneColumn({ByHand("a", {1, 1, 0, 1}, 1), ByHand("b", {0.5, 0.5, -0.5, 0.5}, 1)});
  const std::vector<Point>& points = comparison.columns[0].points;
  const Interval difference = comparison.Difference(points[0], points[1]);
  EXPECT_EQ(difference.estimate, 0.5);  // the same for every problem
  EXPECT_EQ(difference.low, 0.5);
  EXPECT_EQ(difference.high, 0.5);
}

TEST(CurvesTest, GoOverThePricesWhereThereAreAny) {
  const Comparison priced = PricesAndCaps(), capped = TwoCaps();
  const std::vector<Curve> prices = CurvesOf(priced.Curves()), caps = CurvesOf(capped.Curves());
  EXPECT_EQ(Find(prices, "pgts")->back()->Mean(kTokens), 80);
  EXPECT_EQ(Find(caps, "pgts")->back()->Mean(kTokens), 160);
  EXPECT_EQ(Find(caps, "mcts"), nullptr);
}

TEST(CostOfTest, IsTheLeastAtWhichTheCurveReachesTheAccuracy) {
  const Comparison comparison = TwoCaps();
  const std::vector<Curve> curves = CurvesOf(comparison.Curves());
  const Curve& pgts = *Find(curves, "pgts");
  EXPECT_DOUBLE_EQ(*CostOf(pgts, 0.2), 40);
  EXPECT_DOUBLE_EQ(*CostOf(pgts, 0.625), 80);
  EXPECT_DOUBLE_EQ(*CostOf(pgts, 1), 160);
  EXPECT_EQ(CostOf(*Find(curves, "beam"), 0.8), std::nullopt);
}

}  // namespace
}  // namespace pgts::eval
