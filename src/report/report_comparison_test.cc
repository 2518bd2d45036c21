// SPDX-License-Identifier: Apache-2.0
#include "report/report_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/temp_folder.h"
#include "eval/comparison_files.h"
#include "eval/comparison_fixture.h"

namespace pgts::report {
namespace {

using ::testing::HasSubstr;

// Two methods on two problems; PGTS answers both right.
eval::Comparison TwoMethods() {
  return eval::OneColumn(
      {eval::ByHand("pgts", {1, 1}, 50), eval::ByHand("cot_greedy", {0, 1}, 50)});
}

TEST(ReportComparisonTest, ReadsWhatAnEvaluationWrote) {
  TempFolder folder;
  eval::WriteResults(TwoMethods(), {.folder = folder.path(), .task = "toy"});
  const Json comparisons = ReadComparisons(folder.path());
  ASSERT_EQ(comparisons.size(), 1u);
  EXPECT_EQ(comparisons[0].at("title"), "toy");
  EXPECT_EQ(comparisons[0].at("problems"), 2);
  EXPECT_EQ(comparisons[0].at("methods")[0].dump(),
            R"({"name":"pgts","setting":"as pgts","points":[{"at":null,"tokens":50,)"
            R"("accuracy":1,"low":1,"high":1,"answered":1}]})");
  EXPECT_EQ(comparisons[0].at("paired")[0].dump(),
            R"({"a":"pgts","b":"cot_greedy","at":null,"difference":0.5,"low":0,"high":1})");
}

TEST(ReportComparisonTest, ReadsWhatACompareWroteAtSeveralBudgets) {
  TempFolder folder;
  WriteFileAtomic(folder.File("comparison.json"), R"({"methods": {"mcts": [
      {"budget": 100, "tokens_per_problem": 98.5, "accuracy": 0.25, "ci95": [0.2, 0.3]},
      {"budget": 200, "tokens_per_problem": 190, "accuracy": 0.5, "ci95": [0.4, 0.6]}]},
      "paired": [{"a": "pgts", "b": "mcts", "budget": 200, "difference": -0.1, "ci95": [-0.2, 0]}]})");
  const Json comparison = ReadComparisons(folder.path()).at(0);
  EXPECT_EQ(comparison.at("methods")[0].at("points")[1].dump(),
            R"({"at":200,"tokens":190,"accuracy":0.5,"low":0.4,"high":0.6,"answered":null})");
  EXPECT_EQ(comparison.at("paired")[0].at("at"), 200);
  EXPECT_EQ(comparison.at("by"), "budget");
  EXPECT_TRUE(comparison.at("problems").is_null());
}

// At two prices; its budgets, and what else a compare writes, are the same comparison again.
TEST(ReportComparisonTest, ReadsPricesWhereACompareHasThem) {
  TempFolder folder;
  WriteFileAtomic(folder.File("comparison.json"),
                  JsonPretty(eval::ComparisonJson(eval::PricesAndCaps())));
  eval::WriteResults(eval::PricesAndCaps(), {.folder = folder.path(), .task = "toy"});
  const Json comparisons = ReadComparisons(folder.path());
  ASSERT_EQ(comparisons.size(), 1u);
  EXPECT_EQ(comparisons[0].at("by"), "price");
  const Json& points = comparisons[0].at("methods")[2].at("points");
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].at("at"), 0.001);
  EXPECT_EQ(points[1].at("tokens"), 80);
  EXPECT_EQ(comparisons[0].at("paired")[0].at("at"), 0.001);
}

TEST(ReportComparisonTest, WhereNothingWasMeasuredThereIsNoPoint) {
  TempFolder folder;
  WriteFileAtomic(folder.File("comparison.json"), R"({"methods": {"mcts": [], "pgts": [
      {"budget": 100, "tokens_per_problem": null, "accuracy": null, "ci95": [null, null]},
      {"budget": 200, "tokens_per_problem": 190, "accuracy": 0.5}]}})");
  const Json methods = ReadComparisons(folder.path()).at(0).at("methods");
  ASSERT_EQ(methods.size(), 1u);
  EXPECT_EQ(methods[0].at("points").size(), 1u);
  EXPECT_TRUE(methods[0].at("points")[0].at("low").is_null());
  eval::Comparison nothing = TwoMethods();
  nothing.columns = {eval::ColumnOf(eval::Choice::kTokens, 0, {eval::ByHand("pgts", {}, 1)})};
  eval::WriteResults(nothing, {.folder = folder.path(), .task = "toy"});
  EXPECT_EQ(ReadComparisons(folder.path()).size(), 1u) << "that of comparison.json";
}

TEST(ReportComparisonTest, ASummaryCountsOnlyWithoutResults) {
  TempFolder folder;
  EXPECT_TRUE(ReadComparisons(folder.path()).empty());
  WriteFileAtomic(folder.File("summary.json"), JsonPretty(eval::SummaryJson(TwoMethods())));
  EXPECT_EQ(ReadComparisons(folder.path()).size(), 1u);
  eval::WriteResults(TwoMethods(), {.folder = folder.path(), .task = "toy"});
  EXPECT_EQ(ReadComparisons(folder.path()).size(), 1u) << "the same numbers";
}

TEST(ReportComparisonTest, OtherProgramsResultsAreLeftAlone) {
  TempFolder folder;
  WriteFileAtomic(folder.File("results_arc.json"), R"({"results": {"arc": {"acc": 0.5}}})");
  EXPECT_TRUE(ReadComparisons(folder.path()).empty());
}

TEST(ReportComparisonTest, ADamagedFileIsNamed) {
  TempFolder folder;
  WriteFileAtomic(folder.File("results_toy.json"), R"({"pgts": {"methods": {"pgts": [1]}}})");
  try {
    ReadComparisons(folder.path());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("results_toy.json: not results of this program"));
  }
}

}  // namespace
}  // namespace pgts::report
