// SPDX-License-Identifier: Apache-2.0
#include "eval/run_method.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "base/error.h"
#include "eval/test_environment.h"
#include "search/best_of_n.h"
#include "search/cot.h"
#include "search/heuristic_policy.h"
#include "search/methods.h"
#include "search/policy_search.h"

namespace pgts::eval {
namespace {

using ::testing::ElementsAre;

class RunMethodTest : public ::testing::Test {
 protected:
  // In the worlds of ThreeChains.
  MethodRun ByHand(const search::Searcher& searcher) {
    return {.searcher = &searcher,
            .worlds = &by_hand_,
            .problems = problems_,
            .limits = {.max_depth = 6, .max_nodes = 10, .max_width = 3}};
  }
  double Prompt(int64_t problem) const {
    return static_cast<double>(Problem(problem).question.size() + 1);
  }
  // Tokens of the step "#### <gold>\n".
  double Answer(int64_t problem) const {
    return static_cast<double>(Problem(problem).gold.size() + 6);
  }
  task::Problem Problem(int64_t problem) const {
    return environment_.task.Get(task::Split::kTest, problem);
  }
  double Generator() const { return static_cast<double>(environment_.generator_parameters); }

  TinyEnvironment tiny_{{.width = 2}};
  Environment environment_ = tiny_.Get();
  world::ScriptedWorlds by_hand_{{.rounds = &environment_.rounds, .task = &environment_.task},
                                 ThreeChains()};
  std::vector<int64_t> problems_ = {0, 1, 2};
};

TEST_F(RunMethodTest, AMeanOverChainsGradesAndChargesEachByItself) {
  const search::ChainOfThought searcher({.chains = 3});
  MethodRun run = ByHand(searcher);
  run.mean_over_chains = true;
  const MethodResult result = RunMethod(environment_, run);
  ASSERT_EQ(result.records.size(), 3u);
  for (const ProblemRecord& record : result.records) {
    const double tokens = (2 + Answer(record.problem) + 2 + Answer(record.problem) + 1 + 1) / 3;
    EXPECT_DOUBLE_EQ(record.correct, 1.0 / 3);
    EXPECT_DOUBLE_EQ(record.answered, 2.0 / 3);
    EXPECT_DOUBLE_EQ(record.tokens, tokens);
    EXPECT_DOUBLE_EQ(record.depth, (2 + 2 + 1) / 3.0);
    EXPECT_DOUBLE_EQ(record.nodes, (2 + 2 + 1) / 3.0);
    EXPECT_DOUBLE_EQ(record.flops, 2 * Generator() * (Prompt(record.problem) + tokens));
  }
}

TEST_F(RunMethodTest, FlopsCountGeneratorAndScorerOverWhatEachReads) {
  const search::BestOfN searcher({.chains = 2, .weighted = true});
  const MethodResult result = RunMethod(environment_, ByHand(searcher));
  for (const ProblemRecord& record : result.records) {
    const double tokens = 2 + Answer(record.problem) + 2 + Answer(record.problem) + 1;
    const double read = Prompt(record.problem) + tokens;  // by both
    EXPECT_DOUBLE_EQ(record.flops, 2 * (Generator() + DrawnScores::kParameters) * read);
    EXPECT_EQ(record.answer, record.gold + "1");  // 0.9 beats 0.4
    EXPECT_EQ(record.correct, 0);
  }
}

TEST_F(RunMethodTest, FlopsCountThePolicyOverTheNodesThatItReads) {
  search::HeuristicPolicy policy({.branch_below = 0, .terminate_above = 0});
  search::PolicyClient client(environment_.rounds, policy);
  const search::PolicySearch searcher(client, {});
  MethodRun run = ByHand(searcher);
  run.policy_parameters = 50;
  const MethodResult result = RunMethod(environment_, run);
  for (const ProblemRecord& record : result.records) {
    // Expand, Expand, Terminate: trees of 1, 2 and 3 nodes.
    const double read = Prompt(record.problem) + 2 + Answer(record.problem);
    EXPECT_DOUBLE_EQ(record.flops,
                     2 * (Generator() + DrawnScores::kParameters) * read + 2.0 * 50 * 6);
    EXPECT_EQ(record.correct, 1);
    EXPECT_EQ(record.actions, 3);
    EXPECT_EQ(record.text, "x\n#### " + record.gold + "\n");
  }
}

TEST_F(RunMethodTest, ResultsComeInTheOrderOfTheProblems) {
  problems_ = {4, 0, 3, 1, 2};  // width 2: two at a time
  const search::ChainOfThought searcher;
  MethodRun run = ByHand(searcher);
  std::vector<int64_t> seen;
  run.on_result = [&](const task::Problem& problem, const search::SearchResult&,
                      const std::vector<tree::Trajectory>&) { seen.push_back(problem.index); };
  const MethodResult result = RunMethod(environment_, run);
  EXPECT_THAT(seen, ElementsAre(4, 0, 3, 1, 2));
  std::vector<int64_t> recorded;
  for (const ProblemRecord& record : result.records) recorded.push_back(record.problem);
  EXPECT_EQ(recorded, seen);
}

TEST_F(RunMethodTest, WhatTheWorldCannotSayIsMarked) {
  const search::ChainOfThought four({.chains = 4});  // the worlds know three chains
  const MethodResult result = RunMethod(environment_, ByHand(four));
  for (const ProblemRecord& record : result.records) EXPECT_FALSE(record.recorded);
}

// Live worlds of the embedded model: what a method is charged is what its chains or its decisions
// were, one by one; within a token budget, too.
TEST_F(RunMethodTest, EveryMethodsTokensAreThoseOfItsTrajectories) {
  problems_ = {0, 1};
  search::HeuristicPolicy policy({.branch_below = 0.3F, .terminate_above = 0.5F});
  for (const search::Method& method : search::Methods()) {
    const auto searcher = method.candidates.back().make(
        {.rounds = &environment_.rounds, .greedy = &policy, .sampled = &policy});
    MethodRun run{.searcher = searcher.get(),
                  .worlds = environment_.sampled,
                  .problems = problems_,
                  .limits = {.max_depth = 13, .max_nodes = 40, .max_width = 8, .max_tokens = 70},
                  .mean_over_chains = method.counting == search::Counting::kEachChain};
    std::vector<double> parts;
    run.on_result = [&](const task::Problem&, const search::SearchResult& result,
                        const std::vector<tree::Trajectory>& searches) {
      int64_t sum = 0;
      for (const tree::Trajectory& trajectory : searches) {
        for (const tree::TrajectoryStep& step : trajectory.steps) sum += step.tokens;
      }
      const double chains = static_cast<double>(result.chains.size());
      parts.push_back(static_cast<double>(sum) / (run.mean_over_chains ? chains : 1));
    };
    std::vector<double> charged;
    for (const ProblemRecord& record : RunMethod(environment_, run).records) {
      charged.push_back(record.tokens);
    }
    EXPECT_EQ(charged, parts) << method.name;
    EXPECT_GT(Mean(charged), 10) << method.name;
  }
}

TEST_F(RunMethodTest, TheOracleKnowsRightPathsThatTheMethodDidNotChoose) {
  const search::BestOfN searcher({.chains = 2});
  for (const ProblemRecord& record : RunMethod(environment_, ByHand(searcher)).records) {
    EXPECT_EQ(record.correct, 0);  // chain 2 scores higher
    EXPECT_EQ(record.oracle, 1);
  }
  const search::BestOfN first({.chains = 1});
  EXPECT_EQ(RunMethod(environment_, ByHand(first)).records[0].oracle, 1);
}

class TaskWithoutProblems : public task::Task {
 public:
  std::string_view name() const override { return "none"; }
  int64_t Size(task::Split) const override { return 0; }
  task::Problem Get(task::Split, int64_t) const override { return {}; }
  task::ProblemPrompt Prompt(const task::Problem&) const override { return {}; }
};

TEST(FirstProblemsTest, AnEmptySplitIsNamed) {
  try {
    FirstProblems(TaskWithoutProblems(), task::Split::kTemplates, 3);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "the task none has no problems in its split templates; use "
              "train, validation or test");
  }
}

}  // namespace
}  // namespace pgts::eval
