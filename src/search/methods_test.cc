// SPDX-License-Identifier: Apache-2.0
// What holds for every method of the list: budgets, accounting, replay.
#include "search/methods.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "base/error.h"
#include "base/temp_folder.h"
#include "search/heuristic_policy.h"
#include "search/search_fixture.h"
#include "search/uniform_policy.h"
#include "world/store.h"

namespace pgts::search {

void PrintTo(const Method& method, std::ostream* out) { *out << method.name; }

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

struct Outcome {
  SearchResult result;
  std::vector<tree::Trajectory> searches;
};

// The parts that a test has: rules instead of the trained policy.
struct RuleParts {
  HeuristicPolicy greedy{HeuristicRule{}};
  UniformPolicy sampled;

  // With the widest setting that draws no more than it is told to: what several do at once shows.
  std::unique_ptr<Searcher> Make(const Method& method, SearchFixture& fixture) {
    const Setting* widest = &method.candidates.front();
    for (const Setting& setting : method.candidates) {
      if (!setting.until_limits || widest->until_limits) widest = &setting;
    }
    return widest->make({.rounds = &fixture.rounds, .greedy = &greedy, .sampled = &sampled});
  }
};

Outcome RunMethod(const Method& method, SearchFixture& fixture) {
  RuleParts parts;
  const std::unique_ptr<Searcher> searcher = parts.Make(method, fixture);
  tree::TrajectoryRecorder recorder(/*with_features=*/false);
  Outcome outcome{.result = fixture.Run(*searcher, &recorder)};
  outcome.searches = recorder.TakeAll();
  return outcome;
}

int64_t Tokens(const tree::Trajectory& search) {
  int64_t tokens = 0;
  for (const tree::TrajectoryStep& step : search.steps) tokens += step.tokens;
  return tokens;
}

// Of the step that a search asked for last.
int64_t LastStep(const tree::Trajectory& search) {
  int64_t last = 0;
  for (const tree::TrajectoryStep& step : search.steps) {
    if (step.tokens > 0) last = step.tokens;
  }
  return last;
}

class EveryMethodTest : public ::testing::TestWithParam<Method> {};

TEST_P(EveryMethodTest, IsChargedForWhatItsTrajectoriesHold) {
  for (uint64_t draw = 0; draw < 5; ++draw) {
    SearchFixture fixture(EndlessWorld());
    fixture.draw = draw;
    const Outcome outcome = RunMethod(GetParam(), fixture);
    int64_t tokens = 0, steps = 0;
    for (const tree::Trajectory& search : outcome.searches) {
      tokens += Tokens(search);
      for (const tree::TrajectoryStep& step : search.steps) steps += step.tokens > 0 ? 1 : 0;
    }
    EXPECT_GT(tokens, 0);
    EXPECT_EQ(tokens, outcome.result.charges.tokens);
    EXPECT_EQ(steps, outcome.result.charges.steps);
    EXPECT_EQ(steps, outcome.result.nodes);
    EXPECT_FALSE(outcome.result.charges.not_recorded);
    EXPECT_EQ(outcome.result.charges.prompt_tokens, 2);
  }
}

TEST_P(EveryMethodTest, OverrunsATokenBudgetByTheStepUnderWayAtMost) {
  const bool each = GetParam().counting == Counting::kEachChain;
  for (int64_t budget = 1; budget < 150; budget += 7) {
    SearchFixture fixture(EndlessWorld(), SearchFixture::Parts{.max_step_tokens = 9});
    fixture.limits.max_tokens = budget;
    const Outcome outcome = RunMethod(GetParam(), fixture);
    for (const tree::Trajectory& search : outcome.searches) {
      EXPECT_LT(Tokens(search) - LastStep(search), budget);
    }
    const int64_t last = LastStep(outcome.searches.back());
    if (!each) {
      EXPECT_LT(outcome.result.charges.tokens - last, budget);
    }
  }
}

TEST_P(EveryMethodTest, KeepsToDepthAndTreesToNodesAndWidth) {
  SearchFixture fixture(EndlessWorld());
  fixture.limits = {.max_depth = 3, .max_nodes = 11, .max_width = 2};
  const Outcome outcome = RunMethod(GetParam(), fixture);
  EXPECT_LE(outcome.result.depth, 3);
  if (!outcome.result.chains.empty()) return;  // chains have a number instead, searches each theirs
  EXPECT_LE(outcome.result.nodes, 11);
  for (int id = 1; id < fixture.world->size(); ++id) {
    EXPECT_LE(fixture.world->step(id).attempt, 2);
  }
}

std::string Describe(const Outcome& outcome) {
  std::string text = outcome.result.answer.value_or("none");
  for (const tree::Trajectory& search : outcome.searches) {
    for (const tree::TrajectoryStep& step : search.steps) {
      text += fmt::format(" {}>{}:{}:{:a}", step.from, step.to, step.tokens, step.potential_after);
    }
  }
  return text;
}

TEST_P(EveryMethodTest, WalksAStoredWorldAsItWalkedTheLiveOne) {
  TempFolder folder;
  const auto walk = [&](bool grow) {
    world::Store store(folder.File("world"));
    SearchFixture fixture(EndlessWorld(), &store, grow);
    fixture.limits.max_tokens = 100;
    const Outcome outcome = RunMethod(GetParam(), fixture);
    EXPECT_FALSE(outcome.result.charges.not_recorded);
    return Describe(outcome);
  };
  const std::string live = walk(true);
  EXPECT_EQ(walk(false), live);
}

TEST_P(EveryMethodTest, NeverHasMoreStepsUnderWayThanWalkers) {
  const SearchFixture* place = nullptr;
  std::map<int64_t, int> rows_of_batch;
  world::Script script = EndlessWorld();
  script.step = [&, step = script.step](const world::StepAddress& at) {
    ++rows_of_batch[place->worlds().written().batches];
    return step(at);
  };
  SearchFixture fixture(script);
  place = &fixture;
  RuleParts parts;
  const std::unique_ptr<Searcher> searcher = parts.Make(GetParam(), fixture);
  fixture.Run(*searcher);
  for (const auto& [batch, rows] : rows_of_batch) {
    EXPECT_LE(rows, searcher->Walkers(fixture.limits)) << batch;
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, EveryMethodTest,
                         ::testing::ValuesIn(Methods().begin(), Methods().end()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(MethodsTest, EachNameIsGivenOnce) {
  std::set<std::string_view> names;
  for (const Method& method : Methods()) EXPECT_TRUE(names.insert(method.name).second);
}

TEST(MethodsTest, AnUnknownNameIsAnErrorThatNamesTheNearest) {
  EXPECT_THAT([] { FindMethod("best_of_m"); },
              ThrowsMessage<Error>(AllOf(HasSubstr("unknown method \"best_of_m\""),
                                         HasSubstr("did you mean \"best_of_n\"?"))));
}

TEST(MethodsTest, CandidatesOfAMethodDiffer) {
  for (const Method& method : Methods()) {
    std::set<std::string> texts;
    for (const Setting& setting : method.candidates) texts.insert(setting.text);
    EXPECT_EQ(texts.size(), method.candidates.size()) << method.name;
    EXPECT_FALSE(texts.empty()) << method.name;
  }
}

TEST(MethodsTest, ASearcherBringsItsCandidatesAndWhatTheyAre) {
  const Method& votes = FindMethod("self_consistency");
  ASSERT_EQ(votes.candidates.size(), 8u);
  EXPECT_EQ(votes.candidates[1].text, "chains=2");
  EXPECT_FALSE(votes.candidates[6].until_limits);
  EXPECT_TRUE(votes.candidates[7].until_limits);
  SearchFixture fixture(FourChains());
  const auto searcher = votes.candidates[1].make({.rounds = &fixture.rounds});
  EXPECT_EQ(fixture.Run(*searcher).chains.size(), 2u);

  EXPECT_EQ(FindMethod("beam").candidates[4].text, "width=2, expansion=1");
  EXPECT_EQ(FindMethod("heuristic").candidates[1].text,
            "branch_quantile=0, terminate_quantile=0.3, backtrack_first=false, patience=1");
  EXPECT_TRUE(FindMethod("heuristic").candidates[0].chooses_actions);
  EXPECT_TRUE(FindMethod("pgts_uniform").candidates[0].until_limits);
  EXPECT_EQ(FindMethod("pgts").candidates[0].text, "");
  EXPECT_TRUE(FindMethod("pgts").candidates[1].keeps_max_nodes);
  EXPECT_EQ(SampledChains(3).candidates[0].text, "chains=3");
}

}  // namespace
}  // namespace pgts::search
