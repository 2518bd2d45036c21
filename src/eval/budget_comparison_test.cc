// SPDX-License-Identifier: Apache-2.0
#include "eval/budget_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "base/stop.h"
#include "base/temp_folder.h"
#include "eval/budget_fixture.h"
#include "eval/test_environment.h"

namespace pgts::eval {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class CompareBudgetsTest : public ::testing::Test {
 protected:
  BudgetComparison Compare() {
    return CompareBudgets(environment_, {.settings = settings_, .limits = {.max_depth = 8}}, cells_);
  }

  TempFolder folder_;
  CellFolder cells_{folder_.path()};
  CompareSettings settings_{.methods = {"cot_sampled", "cot_greedy"},
                            .budgets = {20, 80},
                            .seeds = {0, 1},
                            .problems = 3,
                            .tuning_problems = 2};
  TinyEnvironment tiny_{{.store = cells_.World(), .scored = false}};
  Environment environment_ = tiny_.Get();
};

TEST_F(CompareBudgetsTest, RunsEveryCellInTheOrderOfTheList) {
  const BudgetComparison comparison = Compare();
  ASSERT_EQ(comparison.curves.size(), 2u);
  EXPECT_EQ(comparison.curves[0].method, "cot_greedy");
  EXPECT_EQ(comparison.curves[1].method, "cot_sampled");
  EXPECT_THAT(comparison.budgets, ElementsAre(20, 80));
  EXPECT_EQ(comparison.problems(), 3u);
  EXPECT_EQ(comparison.sampled_chains, 2 * 16);
  ASSERT_EQ(comparison.perfect_actions.size(), 2u);
  EXPECT_LE(comparison.perfect_actions[0], comparison.perfect_actions[1]);
  for (const int64_t budget : {20, 80}) {
    for (const int64_t seed : {0, 1}) {
      EXPECT_TRUE(cells_.Load({"cot_greedy", budget, seed}));
      EXPECT_TRUE(cells_.Load({"cot_sampled", budget, seed}));
    }
  }
}

TEST_F(CompareBudgetsTest, WhatIsThereIsNotRunAgain) {
  const MethodResult by_hand = ByHand("cot_greedy", {0, 1, 0.5}, 7);
  for (const int64_t seed : {0, 1}) cells_.Save({"cot_greedy", 80, seed}, by_hand, {});
  const BudgetComparison comparison = Compare();
  EXPECT_EQ(comparison.Find("cot_greedy")->points[1].result.Correct(), by_hand.Correct());
  EXPECT_NE(comparison.Find("cot_greedy")->points[0].Mean(&ProblemRecord::tokens), 7);
}

TEST_F(CompareBudgetsTest, AStopKeepsWhatWasFinishedAndTheRestComesTheSame) {
  const BudgetComparison whole = Compare();
  std::filesystem::remove(folder_.File("cells/cot_sampled_80_1.json"));
  RequestStop();
  EXPECT_THROW(Compare(), Interrupted);
  ClearStop();
  EXPECT_EQ(cells_.Load({"cot_sampled", 80, 1}), std::nullopt);
  const BudgetComparison resumed = Compare();
  EXPECT_EQ(resumed.Find("cot_sampled")->points[1].result.Correct(),
            whole.Find("cot_sampled")->points[1].result.Correct());
  EXPECT_EQ(resumed.perfect_actions, whole.perfect_actions);
}

TEST_F(CompareBudgetsTest, WithoutSampledWorldsThereIsNoBound) {
  settings_.methods = {"cot_greedy"};
  EXPECT_THAT(Compare().perfect_actions, ElementsAre());
}

TEST_F(CompareBudgetsTest, AMethodWithoutItsModelsIsNamed) {
  settings_.methods = {"cot_greedy", "pgts"};
  EXPECT_THAT([&] { Compare(); },
              ThrowsMessage<Error>(AllOf(
                  HasSubstr("compare.methods: pgts needs a reward model and a trained policy"),
                  HasSubstr("compare.run"))));
  settings_.methods = {"beam"};
  EXPECT_THAT([&] { Compare(); },
              ThrowsMessage<Error>(HasSubstr("beam needs a reward model, which is not there")));
}

}  // namespace
}  // namespace pgts::eval
