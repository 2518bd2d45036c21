// SPDX-License-Identifier: Apache-2.0
#include "eval/setting_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/temp_folder.h"
#include "eval/test_environment.h"
#include "search/heuristic_policy.h"
#include "search/method_settings.h"
#include "search/self_consistency.h"

namespace pgts::eval {
namespace {

using ::testing::ElementsAre;

constexpr int kLongestStep = 24;  // TinyEnvironment's max_new_tokens

// Any policy stands in for the trained one.
class SettingRunnerTest : public ::testing::Test {
 protected:
  TempFolder folder_;
  TinyEnvironment tiny_{{.store = folder_.File("world")}};
  Environment environment_ = tiny_.Get();
  search::HeuristicPolicy policy_{{.branch_below = 0.2F, .terminate_above = 0.6F}};
  SettingRunner::Parts parts_{.limits = {.max_depth = 8, .max_nodes = 3, .max_width = 3},
                              .greedy = &policy_,
                              .sampled = &policy_};
  SettingRunner runner_{environment_, parts_};
  ProblemSet problems_{.indices = {0, 1, 2}};
};

TEST_F(SettingRunnerTest, EveryMethodKeepsToEveryCapButForTheStepUnderWay) {
  for (const search::Method& method : search::Methods()) {
    if (method.worlds == search::Worlds::kGreedyFirst) {
      EXPECT_FALSE(runner_.CanServe(method)) << method.name;  // these worlds are sampled throughout
      continue;
    }
    ASSERT_TRUE(runner_.CanServe(method)) << method.name;
    for (const int64_t cap : {1, 30, 90}) {
      for (const size_t candidate : {size_t{0}, method.candidates.size() - 1}) {
        const MethodResult result = runner_.Run(method, {candidate, cap}, problems_);
        for (const ProblemRecord& record : result.records) {
          EXPECT_GT(record.tokens, 0);
          EXPECT_LT(record.tokens, static_cast<double>(cap + kLongestStep))
              << method.name << " " << result.setting << " " << cap;
        }
      }
    }
  }
}

TEST_F(SettingRunnerTest, WithoutACapTheRunsLimitsAreThoseOfItsActions) {
  const auto limits = [&](const char* method, int64_t cap, size_t candidate = 0) {
    const tree::Limits l = runner_.LimitsOf(search::FindMethod(method).candidates[candidate], cap);
    return std::vector<int64_t>{l.max_depth, l.max_width, std::min(l.max_nodes, 100000),
                                l.max_tokens};
  };
  EXPECT_THAT(limits("pgts", 0), ElementsAre(8, 3, 3, 0));
  EXPECT_THAT(limits("pgts", 90), ElementsAre(8, 3, 90, 90));
  EXPECT_THAT(limits("pgts", 90, 1), ElementsAre(8, 3, 3, 90));
  EXPECT_THAT(limits("heuristic", 0), ElementsAre(8, 3, 3, 0));
  EXPECT_THAT(limits("beam", 0), ElementsAre(8, 64, 100000, 0));
  EXPECT_THAT(limits("beam", 90), ElementsAre(8, 64, 90, 90));
}

TEST_F(SettingRunnerTest, TheRunsNodesAreALimitBesideACapWhereTheyAreAsked) {
  const search::Method& pgts = search::FindMethod("pgts");
  EXPECT_GT(runner_.Run(pgts, {0, 90}, problems_).MeanOf(&ProblemRecord::nodes), 3);
  EXPECT_LE(runner_.Run(pgts, {1, 90}, problems_).MeanOf(&ProblemRecord::nodes), 3);
}

// Of the embedded model, by the method that branches most. Children that cost nothing say nothing.
TEST_F(SettingRunnerTest, TreesOfDistinctSiblingsHoldNoTextTwice) {
  const auto repeats = [&](bool distinct) {
    TinyEnvironment tiny({.distinct = distinct});
    const Environment environment = tiny.Get();
    const SettingRunner runner(environment, {.limits = {.max_depth = 3, .max_nodes = 24}});
    int found = 0;
    const auto look = [&](const task::Problem&, const search::SearchResult&,
                          const std::vector<tree::Trajectory>& searches) {
      for (const tree::TrajectoryStep& step : searches.front().steps) {
        found += step.grown && step.grown->child.tokens > 0 && step.grown->duplicate ? 1 : 0;
      }
    };
    const search::Method& beam = search::FindMethod("beam");
    const size_t widest = beam.candidates.size() - 1;
    runner.Run(beam, {.candidate = widest, .cap = 400}, problems_, /*seed=*/0, look);
    return found;
  };
  EXPECT_GT(repeats(/*distinct=*/false), 0);
  EXPECT_EQ(repeats(/*distinct=*/true), 0);
}

TEST_F(SettingRunnerTest, AnEpochNamesWorldsOfItsOwn) {
  const auto computed = [&](int epoch) {
    problems_.epoch = epoch;
    return runner_.Run(search::FindMethod("best_of_n"), {0, 60}, problems_)
        .MeanOf(&ProblemRecord::computed_tokens);
  };
  EXPECT_GT(computed(1), 10);
  EXPECT_EQ(computed(1), 0);  // read back
  EXPECT_GT(computed(2), 10);
}

// The worlds of ThreeChains know three.
TEST_F(SettingRunnerTest, WhatAWorldDoesNotHoldIsMarkedAndNotWrong) {
  world::ScriptedWorlds by_hand({.rounds = &environment_.rounds, .task = &environment_.task},
                                ThreeChains());
  environment_.sampled = &by_hand;
  const SettingRunner runner(environment_, parts_);
  const search::Method& votes = search::FindMethod("self_consistency");
  const Tried two = runner.Try(votes, {.candidate = 1}, problems_);
  const Tried four = runner.Try(votes, {.candidate = 3}, problems_);
  EXPECT_THAT(two.correct, ElementsAre(1, 1, 1));
  for (const double correct : four.correct) EXPECT_TRUE(std::isnan(correct));
}

// Chain 1 of ThreeChains is right with a score of 0.4; the others are not.
TEST_F(SettingRunnerTest, EachSettingIsTried) {
  world::ScriptedWorlds by_hand({.rounds = &environment_.rounds, .task = &environment_.task},
                                ThreeChains());
  environment_.sampled = &by_hand;
  search::Method votes = search::FindMethod("self_consistency");
  votes.candidates.resize(3);
  std::ranges::reverse(votes.candidates);
  const std::vector<Outcome> outcomes =
      SettingRunner(environment_, parts_).TryEach(votes, problems_);
  ASSERT_EQ(outcomes.size(), 3u);
  const size_t best = BestAtPrice(outcomes, 0);
  EXPECT_EQ(votes.candidates[best].text, "chains=1");
  EXPECT_EQ(outcomes[best].accuracy, 1);
}

TEST(SettingRunnerWithoutModels, ServesWhatNeedsNone) {
  TinyEnvironment tiny({.scored = false});
  const SettingRunner runner(tiny.Get(), {});
  std::vector<std::string_view> served;
  for (const search::Method& method : search::Methods()) {
    if (runner.CanServe(method)) served.push_back(method.name);
  }
  EXPECT_THAT(served, ElementsAre("cot_greedy", "cot_sampled", "self_consistency"));
}

}  // namespace
}  // namespace pgts::eval
