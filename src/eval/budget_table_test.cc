// SPDX-License-Identifier: Apache-2.0
#include "eval/budget_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/budget_fixture.h"

namespace pgts::eval {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(BudgetTableTest, StandsBestFirstWithTheBoundBelow) {
  const std::string table = BudgetTable(ThreeMethods(), {});
  const size_t pgts = table.find("\npgts "), beam = table.find("\nbeam "),
               sampled = table.find("\ncot_sampled "), bound = table.find("\n(perfect choice");
  EXPECT_LT(pgts, beam);
  EXPECT_LT(beam, sampled);
  EXPECT_LT(sampled, bound);
  EXPECT_NE(bound, std::string::npos);
}

TEST(BudgetTableTest, TellsAccuracyIntervalTokensAndPairedDifference) {
  BudgetComparison comparison = ThreeMethods();
  comparison.curves[1].points[1].accuracy = {.estimate = 0.75, .low = 0.25, .high = 1};
  const std::string table = BudgetTable(comparison, {});
  EXPECT_THAT(table, AllOf(HasSubstr("<= 50: %"), HasSubstr("75.0 ±37.5    200  +25.0 ±"),
                           HasSubstr("4 problems"), HasSubstr("pgts - it")));
}

TEST(BudgetTableTest, SaysWhatReachesAnAccuracyAndForHowManyTokens) {
  const std::string table = BudgetTable(ThreeMethods(), {0.5, 0.625, 1.1});
  EXPECT_THAT(table,
              HasSubstr("some of k sampled chains is right (pass@k):  1: 50.0 %  2: 75.0 %"));
  EXPECT_THAT(table, HasSubstr("50 % right: cot_sampled with 45 tokens, pgts with 63 tokens, "
                               "beam with 126 tokens\n"));
  EXPECT_THAT(table, HasSubstr("62 % right: pgts with 80 tokens, beam with 159 tokens\n"));
  EXPECT_THAT(table, HasSubstr("110 % right: reached by none"));
}

TEST(BudgetTableTest, LeavesOutWhatWasNotRun) {
  BudgetComparison comparison = ThreeMethods();
  comparison.curves.erase(comparison.curves.begin());
  comparison.perfect_actions.clear();
  EXPECT_THAT(BudgetTable(comparison, {}),
              AllOf(Not(HasSubstr("pass@k")), Not(HasSubstr("perfect choice"))));
}

}  // namespace
}  // namespace pgts::eval
