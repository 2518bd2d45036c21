// SPDX-License-Identifier: Apache-2.0
#include "eval/baselines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "base/temp_folder.h"
#include "eval/test_environment.h"
#include "search/trace.h"

namespace pgts::eval {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

ComparisonOptions Small() {
  return {.eval = {.limit = 3, .tuning_problems = 3, .chains = 4},
          .limits = {.max_depth = 8, .max_nodes = 12, .max_width = 3}};
}

std::vector<std::string> Names(const Comparison& comparison) {
  std::vector<std::string> names;
  for (const MethodResult& result : comparison.methods) names.push_back(result.method);
  return names;
}

std::vector<size_t> Sizes(const Comparison& comparison) {
  std::vector<size_t> sizes;
  for (const MethodResult& result : comparison.methods) sizes.push_back(result.records.size());
  return sizes;
}

// Any policy stands in for the trained one.
class CompareTest : public ::testing::Test {
 protected:
  Comparison Run(const std::string& trajectory_folder = "") {
    ComparisonOptions options = Small();
    options.policy = &policy_;
    options.trajectory_folder = trajectory_folder;
    return Compare(environment_, options);
  }

  TempFolder folder_;
  TinyEnvironment tiny_{{.store = folder_.File("world")}};
  Environment environment_ = tiny_.Get();
  search::HeuristicPolicy policy_{{.branch_below = 0.2F, .terminate_above = 0.6F}};
};

TEST_F(CompareTest, WalksEveryMethodOverTheSameProblems) {
  const Comparison comparison = Run();
  EXPECT_THAT(Names(comparison),
              ElementsAre("cot_greedy", "cot_sampled", "self_consistency", "best_of_n_weighted",
                          "sequential_best_of_n", "heuristic", "pgts_uniform", "pgts"));
  EXPECT_THAT(Sizes(comparison), Each(3u));
  EXPECT_EQ(comparison.not_recorded, 0);
  // All walk the same worlds: what cot_sampled has grown is not computed again.
  EXPECT_GT(comparison.Find("cot_sampled")->MeanOf(&ProblemRecord::computed_tokens), 10);
  EXPECT_EQ(comparison.Find("self_consistency")->MeanOf(&ProblemRecord::computed_tokens), 0);
  EXPECT_EQ(comparison.Find("best_of_n_weighted")->MeanOf(&ProblemRecord::computed_tokens), 0);
}

// DrawnScores knows nothing, so its AUC is anything; but every answer of every chain is counted.
TEST_F(CompareTest, JudgesTheRewardModelOnTheChainsThatAnswer) {
  ComparisonOptions options = Small();
  options.eval.limit = 12;
  options.baselines = false;
  const Comparison comparison = Compare(environment_, options);
  const MethodResult& sampled = *comparison.Find("cot_sampled");
  ASSERT_TRUE(comparison.chain_outcomes);
  EXPECT_NEAR(static_cast<double>(comparison.chain_outcomes->answers),
              12 * 4 * sampled.MeanOf(&ProblemRecord::answered), 1e-6);
  EXPECT_NEAR(static_cast<double>(comparison.chain_outcomes->right),
              12 * 4 * sampled.MeanOf(&ProblemRecord::correct), 1e-6);
  EXPECT_LE(comparison.chain_outcomes->auc.low, comparison.chain_outcomes->auc.estimate);
}

TEST_F(CompareTest, WhatPgtsDecidedIsWrittenDownAndGraded) {
  const Comparison comparison = Run(folder_.path());
  const std::vector<search::TracedSearch> traces =
      search::ReadTrace(folder_.File("eval_pgts.jsonl"));
  const std::vector<ProblemRecord>& records = comparison.Find("pgts")->records;
  ASSERT_EQ(traces.size(), records.size());
  for (size_t i = 0; i < traces.size(); ++i) {
    int64_t tokens = 0;
    for (const tree::TrajectoryStep& step : traces[i].trajectory.steps) tokens += step.tokens;
    EXPECT_EQ(static_cast<double>(tokens), records[i].tokens);
    EXPECT_EQ(traces[i].trajectory.correct.value_or(false), records[i].correct == 1);
  }
}

TEST(CompareWithoutAScorer, RunsWhatNeedsNone) {
  TinyEnvironment tiny({.scored = false});
  const Environment environment = tiny.Get();
  EXPECT_THAT(Names(Compare(environment, Small())),
              ElementsAre("cot_greedy", "cot_sampled", "self_consistency"));
}

// The best heuristic stands in for a policy, and the others are set to its tokens.
TEST(CompareWithoutAPolicy, RunsTheHeuristicAndTheOthersAtItsTokens) {
  const TempFolder folder;
  TinyEnvironment tiny({.store = folder.File("world")});
  const Environment environment = tiny.Get();
  const Comparison comparison = Compare(environment, Small());
  EXPECT_THAT(Names(comparison),
              ElementsAre("cot_greedy", "cot_sampled", "self_consistency", "best_of_n_weighted",
                          "sequential_best_of_n", "heuristic", "pgts_uniform"));
  ComparisonOptions quick = Small();
  quick.baselines = false;
  EXPECT_THAT(Names(Compare(environment, quick)),
              ElementsAre("cot_greedy", "cot_sampled", "self_consistency", "best_of_n_weighted"));
}

TEST(BestHeuristicTest, KeepsToItsTokensOrIsTheCheapest) {
  const TempFolder folder;
  TinyEnvironment tiny({.store = folder.File("world")});
  const Environment environment = tiny.Get();
  HeuristicSearch search{.problems = {0, 1},
                         .limits = {.max_depth = 8, .max_nodes = 16, .max_width = 3}};
  const HeuristicChoice any = BestHeuristic(environment, search);
  search.max_tokens = 1;
  const HeuristicChoice cheapest = BestHeuristic(environment, search);
  EXPECT_GT(cheapest.tokens, 1);
  search.max_tokens = cheapest.tokens;
  const HeuristicChoice bound = BestHeuristic(environment, search);
  EXPECT_EQ(bound.tokens, cheapest.tokens);
  EXPECT_GE(any.accuracy, bound.accuracy);
}

}  // namespace
}  // namespace pgts::eval
