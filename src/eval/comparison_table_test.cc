// SPDX-License-Identifier: Apache-2.0
#include "eval/comparison_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/comparison_fixture.h"

namespace pgts::eval {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ComparisonTable, WithoutAPolicyWeightedVotesMeetPlainOnes) {
  std::vector<MethodResult> results = {ByHand("cot_greedy", {1, 1}, 1),
                                       ByHand("self_consistency", {0, 0}, 1)};
  EXPECT_THAT(ComparisonTable(OneColumn(results)), Not(HasSubstr("points, 95 %")));
  results.push_back(ByHand("best_of_n_weighted", {1, 1}, 1));
  EXPECT_THAT(ComparisonTable(OneColumn(results)),
              HasSubstr("best_of_n_weighted - self_consistency: +100.0 points"));
}

TEST(ComparisonTable, SaysWhichMethodIsBetter) {
  const std::string table = ComparisonTable(OneColumn(
      {ByHand("cot_sampled", {0, 0}, 1), ByHand("b", {1, 1}, 1), ByHand("pgts", {1, 1}, 1)}));
  EXPECT_THAT(table,
              HasSubstr("pgts - cot_sampled: +100.0 points, 95 % +100.0 to +100.0 (better)"));
  EXPECT_THAT(table, HasSubstr("pgts - b: +0.0 points, 95 % +0.0 to +0.0 (no clear difference)"));
  EXPECT_THAT(table, HasSubstr("as cot_sampled"));
  EXPECT_THAT(table, Not(HasSubstr("left out")));
}

TEST(ComparisonTable, WhereNothingWasRecordedItSaysNothing) {
  Comparison comparison = OneColumn({ByHand("cot_sampled", {}, 1), ByHand("pgts", {}, 1)});
  comparison.not_recorded = 1;
  const std::string table = ComparisonTable(comparison);
  EXPECT_THAT(table, Not(HasSubstr("nan")));
  EXPECT_THAT(table, HasSubstr("–"));
  EXPECT_THAT(table, HasSubstr("1 problems left out"));
  EXPECT_THAT(table, Not(HasSubstr("pass@k")));
  EXPECT_THAT(table, Not(HasSubstr("points")));
}

TEST(ComparisonTable, SeveralColumnsStandBestFirstWithTheBoundBelow) {
  const std::string table = ComparisonTable(TwoCaps());
  const size_t pgts = table.find("\npgts "), beam = table.find("\nbeam "),
               sampled = table.find("\ncot_sampled "), bound = table.find("\n(perfect choice");
  EXPECT_LT(pgts, beam);
  EXPECT_LT(beam, sampled);
  EXPECT_LT(sampled, bound);
  EXPECT_NE(bound, std::string::npos);
}

TEST(ComparisonTable, SeveralColumnsTellAccuracyIntervalTokensAndPairedDifference) {
  Comparison comparison = TwoCaps();
  comparison.columns[1].points[1].accuracy = {.estimate = 0.75, .low = 0.25, .high = 1};
  EXPECT_THAT(ComparisonTable(comparison),
              AllOf(HasSubstr("<= 50: %"), HasSubstr("75.0 ±37.5    200  +25.0 ±"),
                    HasSubstr("4 problems"), HasSubstr("pgts - it")));
}

TEST(ComparisonTable, EachChoiceHasATable) {
  EXPECT_THAT(ComparisonTable(PricesAndCaps()),
              AllOf(HasSubstr("price 0.001: %"), HasSubstr("at equal tokens: 60.0 a problem"),
                    HasSubstr("<= 200: %")));
}

TEST(ComparisonTable, SaysWhatReachesAnAccuracyAndForHowManyTokens) {
  const std::string table = ComparisonTable(TwoCaps(), {0.5, 0.625, 1.1});
  EXPECT_THAT(table,
              HasSubstr("some of k sampled chains is right (pass@k):  1: 50.0 %  2: 75.0 %"));
  EXPECT_THAT(table, HasSubstr("50 % right: cot_sampled with 45 tokens, pgts with 63 tokens, "
                               "beam with 126 tokens\n"));
  EXPECT_THAT(table, HasSubstr("62 % right: pgts with 80 tokens, beam with 159 tokens\n"));
  EXPECT_THAT(table, HasSubstr("110 % right: reached by none"));
}

TEST(ComparisonTable, LeavesOutWhatWasNotRun) {
  Comparison comparison = TwoCaps();
  for (Column& column : comparison.columns) column.points.erase(column.points.begin());
  comparison.perfect_actions.clear();
  EXPECT_THAT(ComparisonTable(comparison),
              AllOf(Not(HasSubstr("pass@k")), Not(HasSubstr("perfect choice"))));
}

}  // namespace
}  // namespace pgts::eval
