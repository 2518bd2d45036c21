// SPDX-License-Identifier: Apache-2.0
#include "eval/cell_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <memory>

#include "base/temp_folder.h"
#include "eval/test_environment.h"
#include "search/heuristic_policy.h"

namespace pgts::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

constexpr int kLongestStep = 24;  // TinyEnvironment's max_new_tokens

// Any policy stands in for the trained one.
class CellRunnerTest : public ::testing::Test {
 protected:
  CellParts Parts() {
    return {.settings = settings_,
            .limits = {.max_depth = 8, .max_nodes = 3, .max_width = 3},
            .greedy = &policy_,
            .sampled = &policy_};
  }

  TempFolder folder_;
  CompareSettings settings_{.problems = 3, .tuning_problems = 3};
  TinyEnvironment tiny_{{.store = folder_.File("world")}};
  Environment environment_ = tiny_.Get();
  search::HeuristicPolicy policy_{{.branch_below = 0.2F, .terminate_above = 0.6F}};
};

TEST_F(CellRunnerTest, EveryMethodKeepsToEveryBudgetButForTheStepUnderWay) {
  CellRunner runner(environment_, Parts());
  for (const search::Method& method : search::Methods()) {
    ASSERT_TRUE(runner.CanServe(method)) << method.name;
    for (const int64_t budget : {1, 30, 90}) {
      const Cell cell{.method = std::string(method.name), .budget = budget};
      for (const Candidate& candidate :
           {Candidates(method.name).front(), Candidates(method.name).back()}) {
        for (const ProblemRecord& record : runner.Run(cell, candidate).records) {
          EXPECT_GT(record.tokens, 0);
          EXPECT_LT(record.tokens, static_cast<double>(budget + kLongestStep))
              << cell.Name() << " " << candidate.Text();
        }
      }
    }
  }
}

TEST_F(CellRunnerTest, TheBudgetIsTheOnlyLimitButWhereTheRunsNodesAreAsked) {
  CellRunner runner(environment_, Parts());
  const Cell cell{.method = "pgts", .budget = 90};
  const MethodResult free = runner.Run(cell, {});
  const MethodResult bounded = runner.Run(cell, {.bounded_nodes = true});
  EXPECT_GT(free.MeanOf(&ProblemRecord::nodes), 3);
  EXPECT_LE(bounded.MeanOf(&ProblemRecord::nodes), 3);
}

TEST_F(CellRunnerTest, KnobsAreSetOnValidationProblemsAlone) {
  CellRunner runner(environment_, Parts());
  EXPECT_THAT(runner.Tune({.method = "heuristic", .budget = 60}).knobs,
              ElementsAre(StartsWith("branch_below="), StartsWith("terminate_above=")));
  EXPECT_THAT(runner.Tune({.method = "sequential_best_of_n", .budget = 60}).knobs,
              ElementsAre(StartsWith("threshold="), StartsWith("max_chains=")));
  EXPECT_THAT(runner.Tune({.method = "beam", .budget = 60}).knobs,
              ElementsAre(StartsWith("width="), StartsWith("expansion=")));
  EXPECT_EQ(runner.Tune({.method = "pgts_uniform", .budget = 60}).Text(), "");
  // No world of the table was opened yet.
  const std::vector<double> needed = runner.TokensToRight();
  EXPECT_EQ(needed, std::vector<double>(3, std::numeric_limits<double>::infinity()));
}

TEST_F(CellRunnerTest, ASeedNamesWorldsOfItsOwn) {
  CellRunner runner(environment_, Parts());
  const auto computed = [&](int64_t seed) {
    const Cell cell{.method = "best_of_n", .budget = 60, .seed = seed};
    return runner.Run(cell, {}).MeanOf(&ProblemRecord::computed_tokens);
  };
  EXPECT_GT(computed(0), 10);
  EXPECT_EQ(computed(0), 0);  // read back
  EXPECT_GT(computed(1), 10);
}

TEST_F(CellRunnerTest, APerfectChoiceIsWithinReachOfWhatFoundARightAnswer) {
  CellRunner runner(environment_, Parts());
  const MethodResult result = runner.Run({.method = "best_of_n", .budget = 150}, {});
  const std::vector<double> needed = runner.TokensToRight();
  double found = 0;
  for (size_t i = 0; i < needed.size(); ++i) {
    found += result.records[i].oracle;
    EXPECT_EQ(result.records[i].oracle == 1, needed[i] < result.records[i].tokens);
  }
  EXPECT_GT(found, 0) << "the test shows nothing";
}

TEST(CellRunnerWithoutModels, ServesWhatNeedsNone) {
  const CompareSettings settings{.problems = 1, .tuning_problems = 1};
  TinyEnvironment tiny({.scored = false});
  const Environment environment = tiny.Get();
  const CellRunner runner(environment, {.settings = settings});
  std::vector<std::string_view> served;
  for (const search::Method& method : search::Methods()) {
    if (runner.CanServe(method)) served.push_back(method.name);
  }
  EXPECT_THAT(served, ElementsAre("cot_greedy", "cot_sampled", "self_consistency"));
}

}  // namespace
}  // namespace pgts::eval
