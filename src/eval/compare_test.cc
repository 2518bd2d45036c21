// SPDX-License-Identifier: Apache-2.0
#include "eval/compare.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

#include "base/error.h"
#include "base/jsonl.h"
#include "base/stop.h"
#include "base/temp_folder.h"
#include "eval/comparison_files.h"
#include "eval/comparison_fixture.h"
#include "eval/comparison_table.h"
#include "eval/test_environment.h"
#include "search/heuristic_policy.h"
#include "search/method_settings.h"

namespace pgts::eval {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

constexpr auto kTokens = &ProblemRecord::tokens;

std::vector<search::Method> Named(const std::vector<const char*>& names) {
  std::vector<search::Method> methods;
  for (const char* name : names) methods.push_back(search::FindMethod(name));
  return methods;
}

int64_t FilesIn(const std::string& folder) {
  return std::distance(std::filesystem::directory_iterator(folder), {});
}

// Live worlds of the embedded model.
class CompareTest : public ::testing::Test {
 protected:
  Comparison Run() { return Compare(environment_, plan_, cells_); }

  TempFolder folder_;
  CellFolder cells_{folder_.path()};
  ComparisonPlan plan_{.methods = Named({"cot_greedy", "cot_sampled"}),
                       .parts = {.limits = {.max_depth = 13, .max_nodes = 16, .max_width = 3}},
                       .problems = 3,
                       .tuning_problems = 2,
                       .seeds = {0, 1},
                       .budgets = {20, 80},
                       .caps = {20, 80}};
  TinyEnvironment tiny_{{.store = cells_.World()}};
  Environment environment_ = tiny_.Get();
};

TEST_F(CompareTest, RunsEveryCellOfEveryColumn) {
  const Comparison comparison = Run();
  ASSERT_EQ(comparison.columns.size(), 2u);
  EXPECT_EQ(comparison.columns[1].at, 80);
  EXPECT_EQ(comparison.columns[1].points[0].result.method, "cot_greedy");
  EXPECT_EQ(comparison.columns[1].points[1].result.method, "cot_sampled");
  EXPECT_EQ(comparison.problems(), 3u);
  ASSERT_EQ(comparison.perfect_actions.size(), 2u);
  EXPECT_LE(comparison.perfect_actions[0], comparison.perfect_actions[1]);
  EXPECT_EQ(FilesIn(folder_.File("cells")), 2 * 2 * 2);
  EXPECT_FALSE(FileExists(folder_.File("tuning"))) << "there was nothing to choose";
}

TEST_F(CompareTest, WhatIsThereIsNotRunAgain) {
  const MethodResult by_hand = ByHand("cot_greedy", {0, 1, 0.5}, 7);
  for (const int64_t seed : {0, 1}) {
    cells_.Save({plan_.methods[0], {.candidate = 0, .cap = 80}, seed}, by_hand, {});
  }
  const Comparison comparison = Run();
  EXPECT_EQ(comparison.columns[1].Find("cot_greedy")->result.Correct(), by_hand.Correct());
  EXPECT_NE(comparison.columns[0].Find("cot_greedy")->Mean(kTokens), 7);
}

TEST_F(CompareTest, AStopKeepsWhatWasFinishedAndTheRestComesTheSame) {
  plan_.methods = Named({"cot_sampled", "self_consistency"});
  plan_.problems = 2;
  plan_.prices = {0.001, 0};
  const Comparison whole = Run();
  const std::string last = "cells/cot_sampled_chains=16_80_1.json";
  std::filesystem::remove(folder_.File(last));
  std::filesystem::remove(folder_.File("tuning/self_consistency.json"));
  RequestStop();
  EXPECT_THROW(Run(), Interrupted);
  ClearStop();
  EXPECT_FALSE(FileExists(folder_.File(last)));
  const Comparison resumed = Run();
  for (size_t c = 0; c < whole.columns.size(); ++c) {
    for (size_t m = 0; m < 2; ++m) {
      const MethodResult &a = whole.columns[c].points[m].result,
                         &b = resumed.columns[c].points[m].result;
      EXPECT_EQ(a.setting, b.setting);
      EXPECT_EQ(a.Correct(), b.Correct());
      EXPECT_EQ(a.Values(kTokens), b.Values(kTokens));
    }
  }
  EXPECT_EQ(resumed.perfect_actions, whole.perfect_actions);
}

TEST_F(CompareTest, ColumnsShareWhatIsTriedAndWalked) {
  plan_.methods = Named({"self_consistency"});
  plan_.seeds = {0};
  plan_.prices = {1, 0.9};  // both take the cheapest
  plan_.budgets = {80};
  plan_.caps = {80};
  const Comparison comparison = Run();
  EXPECT_EQ(comparison.columns[0].points[0].result.setting,
            comparison.columns[1].points[0].result.setting);
  EXPECT_LE(FilesIn(folder_.File("cells")), 2);
  // Seven numbers of chains without a cap, and all eight at the cap.
  EXPECT_EQ(ReadJsonFile(folder_.File("tuning/self_consistency.json"))["tried"].size(), 7u + 8u);
}

TEST_F(CompareTest, SettingsAreChosenOnValidationProblemsAlone) {
  plan_.methods = Named({"heuristic", "sequential_best_of_n", "beam", "pgts_uniform"});
  plan_.prices = {0};
  plan_.problems = 1;
  plan_.seeds = {0};
  plan_.budgets = {60};
  // What the table's problem needed is not known before it is walked.
  const Comparison comparison = Run();
  for (const char* method : {"heuristic", "sequential_best_of_n", "beam", "pgts_uniform"}) {
    const Json file = ReadJsonFile(folder_.File(fmt::format("tuning/{}.json", method)));
    for (const Json& tried : file["tried"]) {
      EXPECT_EQ(tried.at("correct").size(), 2u);
    }
  }
  EXPECT_THAT(comparison.columns[0].Find("pgts_uniform")->result.setting,
              HasSubstr("at most "));  // it never ends by itself
}

TEST_F(CompareTest, WithoutSampledWorldsThereIsNoBound) {
  plan_.methods = Named({"cot_greedy"});
  EXPECT_THAT(Run().perfect_actions, IsEmpty());
}

TEST_F(CompareTest, APerfectChoiceIsWithinReachOfWhatFoundARightAnswer) {
  plan_.methods = Named({"best_of_n"});
  plan_.seeds = {0};
  plan_.problems = 6;
  plan_.budgets = {150};
  const Comparison comparison = Run();
  const double found = comparison.columns[0].points[0].Mean(&ProblemRecord::oracle);
  EXPECT_GT(found, 0) << "the test shows nothing";
  EXPECT_GE(comparison.perfect_actions[0], found);
}

TEST_F(CompareTest, AtEqualTokensEveryMethodMeetsPgtsOnValidationProblems) {
  search::HeuristicPolicy policy({.branch_below = 0.2F, .terminate_above = 0.6F});
  plan_.methods = Named({"self_consistency", "pgts"});
  plan_.parts.greedy = &policy;
  plan_.split = task::Split::kValidation;  // the same problems; worlds and draws are others
  plan_.tuning_problems = plan_.problems;
  plan_.seeds = {0};
  plan_.budgets = {};
  plan_.at_reference_tokens = true;
  const Comparison comparison = Run();
  ASSERT_EQ(comparison.columns.size(), 1u);
  const std::vector<Tried> votes = cells_.LoadTuning(plan_.methods[0]),
                           pgts = cells_.LoadTuning(plan_.methods[1]);
  ASSERT_EQ(pgts.size(), 1u);
  EXPECT_DOUBLE_EQ(comparison.columns[0].at, Mean(pgts[0].tokens));
  const std::vector<Outcome> outcomes = OutcomesOf(votes, "").of;
  double tokens = 0;
  for (const auto& [outcome, share] : MixAtTokens(outcomes, comparison.columns[0].at)) {
    tokens += share * outcomes[outcome].tokens;
  }
  const std::vector<size_t> frontier = Frontier(outcomes);
  EXPECT_DOUBLE_EQ(tokens, std::clamp(comparison.columns[0].at, outcomes[frontier.front()].tokens,
                                      outcomes[frontier.back()].tokens));
}

// ThreeChains: chain 1 is right, chain 2 wrong with a better score, chain 3 says nothing; of odd
// problems chain 2 is not recorded.
world::Script WithoutSomeSecondChains() {
  world::Script script = ThreeChains();
  script.step = [all = script.step](const world::StepAddress& at) -> std::optional<world::RawStep> {
    if (at.path.front() == 2 && at.problem.index % 2 == 1) return std::nullopt;
    return all(at);
  };
  return script;
}

// A method that stands in no list of ours: one chain, which one is its hyperparameter.
class OneChain : public search::Searcher {
 public:
  struct Options {
    int chain = 1;
    template <class Visitor>
    void Visit(Visitor& v) {
      v("chain", chain, {});
    }
  };
  static std::vector<Options> Candidates(Options) { return {{3}, {2}, {1}}; }
  explicit OneChain(Options options) : options_(options) {}
  Co<search::SearchResult> Run(search::SearchContext context) const override {
    search::ChainResult chain =
        co_await search::WalkChain(context.world, options_.chain, context.limits);
    search::SearchResult result{.answer_step = chain.last_step, .charges = chain.charges};
    if (!chain.answer.empty()) result.answer = chain.answer;
    co_return result;
  }

 private:
  Options options_;
};

class CompareByHandTest : public ::testing::Test {
 protected:
  Comparison Run(world::Script script) {
    world::ScriptedWorlds worlds({.rounds = &environment_.rounds, .task = &environment_.task},
                                 std::move(script));
    environment_.sampled = &worlds;
    return Compare(environment_, plan_);
  }

  ComparisonPlan plan_{.methods = {{"one_chain", search::Needs::kWorld, search::Plain<OneChain>()}},
                       .parts = {.limits = {.max_depth = 6}},
                       .problems = 4,
                       .tuning_problems = 4,
                       .prices = {0}};
  TinyEnvironment tiny_{{.scored = false}};
  Environment environment_ = tiny_.Get();
};

TEST_F(CompareByHandTest, AMethodOfOnesOwnIsTunedComparedAndReported) {
  plan_.methods.push_back(search::SampledChains(2));
  Comparison comparison = Run(ThreeChains());
  comparison.sampled_chains = 2;
  const Point& point = *comparison.columns[0].Find("one_chain");
  EXPECT_EQ(point.result.setting, "chain=1");
  EXPECT_EQ(point.accuracy.estimate, 1);
  EXPECT_EQ(comparison.columns[0].Find("cot_sampled")->accuracy.estimate, 0.5);
  EXPECT_THAT(ComparisonTable(comparison),
              AllOf(HasSubstr("\none_chain         100.0"), HasSubstr("\none_chain: chain=1\n")));
  EXPECT_EQ(SummaryJson(comparison)["methods"]["one_chain"]["setting"], "chain=1");
}

// Chain 2 is right wherever it is recorded, which is on problems 0 and 2; chain 1 is right on 0, 1
// and 3. Were what is not recorded taken for wrong, chain 1 would be chosen.
TEST_F(CompareByHandTest, WhatIsNotRecordedIsLeftOutOfTuningForEverySetting) {
  world::Script script = WithoutSomeSecondChains();
  script.step = [some = script.step](const world::StepAddress& at) {
    std::optional<world::RawStep> step = some(at);
    if (!step || at.path.size() < 2) return step;
    const bool right = at.path.front() == 2 || at.problem.index != 2;
    return std::optional(
        world::ScriptedStep("#### " + at.problem.gold + (right ? "" : "1") + "\n"));
  };
  EXPECT_EQ(Run(script).columns[0].points[0].result.setting, "chain=2");
}

TEST_F(CompareByHandTest, AProblemThatOneMethodCouldNotWalkLeavesForAll) {
  plan_.methods[0].candidates = {plan_.methods[0].candidates[1]};  // chain 2 alone
  plan_.methods.push_back(search::SampledChains(1));
  const Comparison comparison = Run(WithoutSomeSecondChains());
  EXPECT_EQ(comparison.not_recorded, 2);
  for (const Point& point : comparison.columns[0].points) {
    std::vector<int64_t> problems;
    for (const ProblemRecord& record : point.result.records) problems.push_back(record.problem);
    EXPECT_THAT(problems, ElementsAre(0, 2));
  }
  EXPECT_THAT(ComparisonTable(comparison), HasSubstr("2 problems left out"));
}

TEST_F(CompareByHandTest, WhereNoSettingsShareAProblemTuningRefuses) {
  world::Script script = ThreeChains();
  script.step = [all = script.step](const world::StepAddress& at) -> std::optional<world::RawStep> {
    if (at.path.front() == 2 - at.problem.index % 2) return std::nullopt;
    return all(at);
  };
  EXPECT_THAT([&] { Run(script); },
              ThrowsMessage<Error>(HasSubstr("one_chain: the stored worlds hold no validation")));
}

}  // namespace
}  // namespace pgts::eval
