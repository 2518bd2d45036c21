// SPDX-License-Identifier: Apache-2.0
#include "report/report_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/temp_folder.h"
#include "eval/results.h"

namespace pgts::report {
namespace {

using ::testing::HasSubstr;

// Two methods on two problems; PGTS answers both right.
eval::Comparison TwoMethods() {
  const auto record = [](int64_t problem, double correct) {
    return eval::ProblemRecord{.problem = problem, .correct = correct, .answered = 1, .tokens = 50};
  };
  return {
      .methods = {{.method = "pgts", .setting = "greedy", .records = {record(0, 1), record(1, 1)}},
                  {.method = "cot_greedy", .records = {record(0, 0), record(1, 1)}}}};
}

TEST(ReportComparisonTest, ReadsWhatAnEvaluationWrote) {
  TempFolder folder;
  eval::WriteResults(TwoMethods(), {.folder = folder.path(), .task = "toy"});
  const Json comparisons = ReadComparisons(folder.path());
  ASSERT_EQ(comparisons.size(), 1u);
  EXPECT_EQ(comparisons[0].at("title"), "toy");
  EXPECT_EQ(comparisons[0].at("problems"), 2);
  EXPECT_EQ(comparisons[0].at("methods")[0].dump(),
            R"({"name":"pgts","setting":"greedy","points":[{"budget":null,"tokens":50,)"
            R"("accuracy":1,"low":1,"high":1,"answered":1}]})");
  EXPECT_EQ(comparisons[0].at("paired")[0].dump(),
            R"({"a":"pgts","b":"cot_greedy","budget":null,"difference":0.5,"low":0,"high":1})");
}

TEST(ReportComparisonTest, ReadsWhatACompareWroteAtSeveralBudgets) {
  TempFolder folder;
  WriteFileAtomic(folder.File("comparison.json"), R"({"methods": {"mcts": [
      {"budget": 100, "tokens_per_problem": 98.5, "accuracy": 0.25, "ci95": [0.2, 0.3]},
      {"budget": 200, "tokens_per_problem": 190, "accuracy": 0.5, "ci95": [0.4, 0.6]}]},
      "paired": [{"a": "pgts", "b": "mcts", "budget": 200, "difference": -0.1, "ci95": [-0.2, 0]}]})");
  const Json comparison = ReadComparisons(folder.path()).at(0);
  EXPECT_EQ(comparison.at("methods")[0].at("points")[1].dump(),
            R"({"budget":200,"tokens":190,"accuracy":0.5,"low":0.4,"high":0.6,"answered":null})");
  EXPECT_EQ(comparison.at("paired")[0].at("budget"), 200);
  EXPECT_TRUE(comparison.at("problems").is_null());
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
  for (eval::MethodResult& method : nothing.methods) method.records.clear();
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
