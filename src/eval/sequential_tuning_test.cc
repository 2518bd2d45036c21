// SPDX-License-Identifier: Apache-2.0
#include "eval/sequential_tuning.h"

#include <gtest/gtest.h>

#include <memory>

#include "eval/run_method.h"
#include "eval/test_environment.h"

namespace pgts::eval {
namespace {

ScoredChain Right(double tokens, float score) {
  return {.tokens = tokens, .score = score, .answered = true, .right = true};
}
ScoredChain Wrong(double tokens, float score) {
  return {.tokens = tokens, .score = score, .answered = true};
}
ScoredChain Silent(double tokens) { return {.tokens = tokens}; }

struct Expected {
  double accuracy, tokens;
};

void ExpectOutcome(const search::SequentialRule& rule,
                   const std::vector<std::vector<ScoredChain>>& chains, Expected expected) {
  const SequentialOutcome outcome = Simulate(rule, chains);
  EXPECT_DOUBLE_EQ(outcome.accuracy, expected.accuracy) << rule.threshold << " " << rule.max_chains;
  EXPECT_DOUBLE_EQ(outcome.tokens, expected.tokens) << rule.threshold << " " << rule.max_chains;
}

TEST(SimulateTest, StopsAtTheThresholdAndTakesTheBestScoreSoFar) {
  const std::vector<std::vector<ScoredChain>> one = {
      {Right(10, 0.3F), Wrong(20, 0.8F), Right(30, 0.9F)}};
  ExpectOutcome({.threshold = 0.2, .max_chains = 3}, one, {1, 10});
  ExpectOutcome({.threshold = 0.5, .max_chains = 3}, one, {0, 30});
  ExpectOutcome({.threshold = 0.85, .max_chains = 3}, one, {1, 60});
  ExpectOutcome({.threshold = 0.85, .max_chains = 2}, one, {0, 30});
  ExpectOutcome({.threshold = 0.99, .max_chains = 16}, one, {1, 60});  // no more chains are known
}

TEST(SimulateTest, AChainWithoutAnAnswerIsPaidForAndNeverStops) {
  const std::vector<std::vector<ScoredChain>> one = {{Silent(5), Right(7, 0.2F)}};
  ExpectOutcome({.threshold = 0, .max_chains = 1}, one, {0, 5});
  ExpectOutcome({.threshold = 0, .max_chains = 2}, one, {1, 12});
}

TEST(SimulateTest, MeansAreOverProblems) {
  const std::vector<std::vector<ScoredChain>> two = {{Right(10, 0.9F)}, {Silent(30)}};
  ExpectOutcome({.threshold = 0.5, .max_chains = 4}, two, {0.5, 20});
}

TEST(SimulateTest, OfEqualScoresTheFirstCounts) {
  const std::vector<std::vector<ScoredChain>> one = {{Right(1, 0.5F), Wrong(1, 0.5F)}};
  ExpectOutcome({.threshold = 0.6, .max_chains = 2}, one, {1, 2});
}

// 0.95 as a float lies below 0.95 as a double.
TEST(SimulateTest, AScoreAtTheThresholdStopsAsInTheSearcher) {
  const std::vector<std::vector<ScoredChain>> one = {{Right(1, 0.95F), Wrong(1, 0.99F)}};
  ExpectOutcome({.threshold = 0.95, .max_chains = 2}, one, {1, 1});
}

TEST(TuneSequentialTest, TheChosenRuleKeepsItsPromiseOnTheProblemsThatChoseIt) {
  TinyEnvironment tiny({});
  const Environment environment = tiny.Get();
  const std::vector<int64_t> problems = FirstProblems(environment.task, task::Split::kValidation, 4);
  const SequentialSearch tuning{
      .problems = problems, .limits = {.max_depth = 10}, .max_tokens = 130, .max_chains = 4};
  const search::SequentialRule rule = TuneSequential(environment, tuning);
  const search::SequentialBestOfN chosen(rule), one({.threshold = 0, .max_chains = 1});
  MethodRun run{.searcher = &chosen,
                .worlds = environment.sampled,
                .split = task::Split::kValidation,
                .problems = problems,
                .epoch = world::kValidationEpoch,
                .limits = tuning.limits};
  const MethodResult result = RunMethod(environment, run);
  run.searcher = &one;
  const MethodResult single = RunMethod(environment, run);
  EXPECT_LE(result.MeanOf(&ProblemRecord::tokens), tuning.max_tokens);
  EXPECT_GE(Mean(result.Correct()), Mean(single.Correct()));
}

}  // namespace
}  // namespace pgts::eval
