// SPDX-License-Identifier: Apache-2.0
#include "eval/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temp_folder.h"
#include "eval/test_environment.h"
#include "search/heuristic_policy.h"
#include "search/search_fixture.h"

namespace pgts::eval {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

EvaluationOptions Small() {
  return {.eval = {.limit = 2, .tuning_problems = 2, .chains = 4},
          .limits = {.max_depth = 13, .max_nodes = 16, .max_width = 3}};
}

std::vector<std::string> Names(const Comparison& comparison) {
  std::vector<std::string> names;
  for (const Point& point : comparison.columns.front().points) {
    names.push_back(point.result.method);
  }
  return names;
}

// Any policy stands in for the trained one.
class EvaluateTest : public ::testing::Test {
 protected:
  Comparison Run(const std::string& trajectory_folder = "") {
    EvaluationOptions options = Small();
    options.policy = &policy_;
    options.trajectory_folder = trajectory_folder;
    return Evaluate(environment_, options);
  }

  TempFolder folder_;
  TinyEnvironment tiny_{{.store = folder_.File("world")}};
  Environment environment_ = tiny_.Get();
  search::HeuristicPolicy policy_{{.branch_below = 0.2F, .terminate_above = 0.6F}};
};

TEST_F(EvaluateTest, WalksEveryMethodOverTheSameProblems) {
  const Comparison comparison = Run();
  EXPECT_THAT(Names(comparison),
              ElementsAre("cot_greedy", "cot_sampled", "self_consistency", "best_of_n_weighted",
                          "sequential_best_of_n", "heuristic", "pgts_uniform", "pgts"));
  std::vector<size_t> sizes;
  const Column& column = comparison.columns.front();
  for (const Point& point : column.points) sizes.push_back(point.result.records.size());
  EXPECT_THAT(sizes, Each(2u));
  EXPECT_EQ(comparison.not_recorded, 0);
  EXPECT_EQ(comparison.sampled_chains, 4);
  // All walk the same worlds: what cot_sampled has grown is not computed again.
  EXPECT_GT(column.Find("cot_sampled")->Mean(&ProblemRecord::computed_tokens), 10);
  EXPECT_EQ(column.Find("cot_sampled")->result.setting, "chains=4");
  EXPECT_EQ(column.Find("self_consistency")->Mean(&ProblemRecord::computed_tokens), 0);
  EXPECT_EQ(column.Find("best_of_n_weighted")->Mean(&ProblemRecord::computed_tokens), 0);
}

// DrawnScores knows nothing, so its AUC is anything; but every answer of every chain is counted.
TEST_F(EvaluateTest, JudgesTheRewardModelOnTheChainsThatAnswer) {
  EvaluationOptions options = Small();
  options.eval.limit = 12;
  options.baselines = false;
  const Comparison comparison = Evaluate(environment_, options);
  const Point& sampled = *comparison.columns.front().Find("cot_sampled");
  ASSERT_TRUE(comparison.chain_outcomes);
  EXPECT_NEAR(static_cast<double>(comparison.chain_outcomes->answers),
              12 * 4 * sampled.Mean(&ProblemRecord::answered), 1e-6);
  EXPECT_NEAR(static_cast<double>(comparison.chain_outcomes->right),
              12 * 4 * sampled.Mean(&ProblemRecord::correct), 1e-6);
  EXPECT_LE(comparison.chain_outcomes->auc.low, comparison.chain_outcomes->auc.estimate);
}

TEST_F(EvaluateTest, WhatPgtsDecidedIsWrittenDownAndGraded) {
  const Comparison comparison = Run(folder_.path());
  const std::vector<search::TracedSearch> traces =
      search::ReadTrace(folder_.File("eval_pgts.jsonl"));
  const std::vector<ProblemRecord>& records =
      comparison.columns.front().Find("pgts")->result.records;
  ASSERT_EQ(traces.size(), records.size());
  for (size_t i = 0; i < traces.size(); ++i) {
    int64_t tokens = 0;
    for (const tree::TrajectoryStep& step : traces[i].trajectory.steps) tokens += step.tokens;
    EXPECT_EQ(static_cast<double>(tokens), records[i].tokens);
    EXPECT_EQ(traces[i].trajectory.correct.value_or(false), records[i].correct == 1);
  }
}

// It chose among prices of its own, whatever --token-price said.
TEST_F(EvaluateTest, WithoutBaselinesPgtsGoesByThePriceThatItIsTold) {
  EvaluationOptions options = Small();
  options.policy = &policy_;
  options.baselines = false;
  const Comparison comparison = Evaluate(environment_, options);
  EXPECT_THAT(Names(comparison), ElementsAre("cot_greedy", "cot_sampled", "pgts"));
  EXPECT_EQ(comparison.columns.front().Find("pgts")->result.setting, "");
}

TEST(EvaluateWithoutAScorer, RunsWhatNeedsNone) {
  TinyEnvironment tiny({.scored = false});
  EXPECT_THAT(Names(Evaluate(tiny.Get(), Small())),
              ElementsAre("cot_greedy", "cot_sampled", "self_consistency"));
}

// The best heuristic stands in for a policy, and the others are set to its tokens.
TEST(EvaluateWithoutAPolicy, RunsTheHeuristicAndTheOthersAtItsTokens) {
  const TempFolder folder;
  TinyEnvironment tiny({.store = folder.File("world")});
  const Comparison comparison = Evaluate(tiny.Get(), Small());
  EXPECT_THAT(Names(comparison),
              ElementsAre("cot_greedy", "cot_sampled", "self_consistency", "best_of_n_weighted",
                          "sequential_best_of_n", "heuristic", "pgts_uniform"));
  EXPECT_EQ(comparison.columns.front().choice, Choice::kTokens);
  EvaluationOptions quick = Small();
  quick.baselines = false;
  const Comparison plain = Evaluate(tiny.Get(), quick);
  EXPECT_THAT(Names(plain),
              ElementsAre("cot_greedy", "cot_sampled", "self_consistency", "best_of_n_weighted"));
  EXPECT_EQ(plain.columns.front().Find("self_consistency")->result.setting, "chains=4");
}

}  // namespace
}  // namespace pgts::eval
