// SPDX-License-Identifier: Apache-2.0
#include "search/policy_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "base/temp_folder.h"
#include "search/cot.h"
#include "search/heuristic_policy.h"
#include "search/search_fixture.h"
#include "search/trace.h"
#include "search/uniform_policy.h"
#include "world/store.h"

namespace pgts::search {
namespace {

using ::testing::ElementsAre;
using tree::Action;

std::vector<Action> Actions(const tree::Trajectory& trajectory) {
  std::vector<Action> actions;
  for (const tree::TrajectoryStep& step : trajectory.steps) actions.push_back(step.decision.action);
  return actions;
}

// Does what it is told, in turn.
class GivenPolicy : public tree::Policy {
 public:
  explicit GivenPolicy(std::vector<Action> actions) : actions_(std::move(actions)) {}
  void Decide(std::span<const tree::DecisionRequest> requests,
              std::span<tree::Decision> decisions) override {
    for (size_t i = 0; i < requests.size(); ++i) {
      draws.insert(requests[i].draw.value());
      decisions[i].action = actions_.at(static_cast<size_t>(requests[i].tree->actions()));
    }
  }
  std::set<uint64_t> draws;

 private:
  std::vector<Action> actions_;
};

TEST(PolicySearchTest, TheHeuristicFindsWhatGreedyDescentMisses) {
  SearchFixture fixture(MisleadingFirstSteps());
  EXPECT_EQ(fixture.Run(ChainOfThought()).answer, "1");

  HeuristicPolicy policy(HeuristicRule{.branch_below = 0.3F, .terminate_above = 0.5F});
  tree::TrajectoryRecorder recorder(/*with_features=*/false);
  const SearchResult result = fixture.RunPolicy(policy, {}, &recorder);
  EXPECT_EQ(result.answer, "3");
  EXPECT_FLOAT_EQ(result.score, 0.95F);
  EXPECT_THAT(fixture.world->Path(result.answer_step), ElementsAre(2, 2));
  EXPECT_THAT(Actions(recorder.trajectory()),
              ElementsAre(Action::kExpand, Action::kBranch, Action::kExpand, Action::kBranch,
                          Action::kTerminate));
  EXPECT_EQ(result.charges.tokens, 2 + 2 + 2 + 7);
  EXPECT_EQ(result.charges.computed_tokens, 2 + 2 + 7);  // CoT had asked for the first step
  EXPECT_EQ(result.charges.steps, 4);
  EXPECT_EQ(result.charges.scored_steps, 4);
  EXPECT_EQ(result.charges.prompt_tokens, 2);
  EXPECT_EQ(result.nodes, 4);
  EXPECT_EQ(result.depth, 2);
  EXPECT_EQ(result.actions, 5);
  EXPECT_EQ(result.policy_nodes, 1 + 2 + 3 + 4 + 5);
}

TEST(HeuristicPolicyTest, ASearchGoesByTheRuleOfTheNearestPrice) {
  const HeuristicPolicy policy = HeuristicPolicy::ForPrices(
      {{.token_price = 1e-2, .rule = {.branch_below = 0, .terminate_above = 0}},
       {.token_price = 1e-4, .rule = {.branch_below = 0, .terminate_above = 0.9F}}});
  const auto choice = [&](double price) {
    tree::Tree tree({.max_width = 3, .token_price = price});
    tree.Apply(Action::kExpand, {.score = 0.5F, .terminal = true, .answer = "5"});
    return policy.Choose(tree);
  };
  EXPECT_EQ(choice(5e-2), Action::kTerminate);
  EXPECT_EQ(choice(2e-3), Action::kTerminate);
  EXPECT_EQ(choice(5e-4), Action::kBranch);
  EXPECT_EQ(choice(1e-6), Action::kBranch);
}

TEST(PolicySearchTest, APriceIsTold) {
  class Listener : public HeuristicPolicy {
   public:
    Listener() : HeuristicPolicy(HeuristicRule{}) {}
    void Decide(std::span<const tree::DecisionRequest> requests,
                std::span<tree::Decision> decisions) override {
      price = requests[0].tree->limits().token_price;
      HeuristicPolicy::Decide(requests, decisions);
    }
    double price = -1;
  };
  SearchFixture fixture(MisleadingFirstSteps());
  fixture.limits.token_price = 0.25;
  Listener policy;
  fixture.RunPolicy(policy);
  EXPECT_EQ(policy.price, 0.25);
  fixture.RunPolicy(policy, {.token_price = 0.125});
  EXPECT_EQ(policy.price, 0.125);
}

TEST(PolicySearchTest, TheObserverSeesTheWalk) {
  SearchFixture fixture(MisleadingFirstSteps());
  HeuristicPolicy policy(HeuristicRule{});
  tree::TrajectoryRecorder recorder(/*with_features=*/true);
  const SearchResult result = fixture.RunPolicy(policy, {}, &recorder);
  const tree::Trajectory& seen = recorder.trajectory();
  ASSERT_EQ(seen.steps.size(), 5u);
  std::vector<int> from, to, tokens;
  std::vector<float> before, after;
  int64_t sum = 0;
  for (const tree::TrajectoryStep& step : seen.steps) {
    from.push_back(step.from);
    to.push_back(step.to);
    tokens.push_back(step.tokens);
    before.push_back(step.potential_before);
    after.push_back(step.potential_after);
    sum += step.tokens;
    EXPECT_TRUE(step.legal.Has(step.decision.action));
    EXPECT_EQ(step.features.current, step.from);
  }
  EXPECT_THAT(from, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(to, ElementsAre(1, 2, 3, 4, 4));
  EXPECT_THAT(tokens, ElementsAre(2, 2, 2, 7, 0));
  EXPECT_THAT(before, ElementsAre(0.5F, 0.1F, 0.9F, 0.2F, 0.95F));
  EXPECT_THAT(after, ElementsAre(0.1F, 0.9F, 0.2F, 0.95F, 0.0F));
  EXPECT_EQ(sum, result.charges.tokens);
  EXPECT_EQ(seen.end, tree::End::kTerminated);
  ASSERT_TRUE(seen.answer.has_value());
  EXPECT_EQ(seen.answer->text, "3");
  EXPECT_EQ(seen.answer->node, 4);
}

TEST(PolicySearchTest, BacktrackAndBranchAskForTheNextAttempt) {
  SearchFixture fixture(
      {.step = [](const world::StepAddress&) { return world::ScriptedStep("a\n"); },
       .score = [](const world::StepAddress&) { return 0.5F; }});
  fixture.limits.max_actions = 6;
  GivenPolicy policy({Action::kExpand, Action::kExpand, Action::kBranch, Action::kBacktrack,
                      Action::kExpand, Action::kExpand});
  const SearchResult result = fixture.RunPolicy(policy);
  std::vector<std::vector<int>> paths;
  for (int id = 1; id < fixture.world->size(); ++id) paths.push_back(fixture.world->Path(id));
  EXPECT_THAT(paths, ElementsAre(ElementsAre(1), ElementsAre(1, 1), ElementsAre(1, 2),
                                 ElementsAre(1, 3), ElementsAre(1, 3, 1)));
  EXPECT_EQ(result.answer, std::nullopt);
  EXPECT_EQ(result.charges.tokens, 10);
  EXPECT_EQ(policy.draws.size(), 6u);  // every decision has a draw of its own
}

TEST(PolicySearchTest, DeadStepsScoreZeroUnasked) {
  SearchFixture fixture(
      world::TableScript({{{1}, {"", 0.9F, llm::StepEnd::kEndOfText}}, {{2}, {"#### 4\n", 0.8F}}}));
  HeuristicPolicy policy(HeuristicRule{});
  const SearchResult result = fixture.RunPolicy(policy);
  EXPECT_EQ(result.answer, "4");
  EXPECT_EQ(result.charges.tokens, 1 + 7);
  EXPECT_EQ(result.charges.steps, 2);
  EXPECT_EQ(result.charges.scored_steps, 1);
}

TEST(PolicySearchTest, UnscoredPaysForNoScores) {
  SearchFixture fixture(FourChains());
  UniformPolicy policy;
  fixture.limits.max_nodes = 6;
  const SearchResult result = fixture.RunPolicy(policy, {.scored = false});
  EXPECT_GT(result.charges.steps, 0);
  EXPECT_EQ(result.charges.scored_steps, 0);
  EXPECT_EQ(fixture.worlds().judged().rows, 0);
}

TEST(PolicySearchTest, TheAnswerFollowsTheRule) {
  const world::Script script = world::TableScript(
      {{{1}, {"#### 1\n", 0.8F}}, {{2}, {"#### 2\n", 0.5F}}, {{3}, {"#### 2\n", 0.45F}}});
  const std::vector<Action> all = {Action::kExpand, Action::kBranch, Action::kBranch,
                                   Action::kTerminate};
  SearchFixture fixture(script);
  GivenPolicy policy(all);
  EXPECT_EQ(fixture.RunPolicy(policy).answer, "1");
  const SearchResult vote =
      fixture.RunPolicy(policy, {.answer = {.rule = tree::AnswerRule::kVote}});
  EXPECT_EQ(vote.answer, "2");  // 0.5 + 0.45 > 0.8
  EXPECT_FLOAT_EQ(vote.score, 0.5F);
}

TEST(PolicySearchTest, TheTokenBudgetIsExceededByTheStepUnderWayAtMost) {
  UniformPolicy policy;
  int exceeded = 0;
  for (uint64_t draw = 0; draw < 50; ++draw) {
    SearchFixture fixture(EndlessWorld());
    fixture.draw = draw;
    fixture.limits = {.max_depth = 8, .max_nodes = 1000, .max_width = 4, .max_tokens = 40};
    tree::TrajectoryRecorder recorder(/*with_features=*/false);
    const SearchResult result = fixture.RunPolicy(policy, {}, &recorder);
    const tree::Trajectory& seen = recorder.trajectory();
    if (seen.end != tree::End::kTokens) continue;
    EXPECT_GE(result.charges.tokens, 40);
    EXPECT_LT(result.charges.tokens - seen.steps.back().tokens, 40) << draw;
    exceeded += result.charges.tokens > 40 ? 1 : 0;
  }
  EXPECT_GT(exceeded, 0);  // the case was met
}

TEST(PolicySearchTest, NodesAndActionsAreNeverExceeded) {
  UniformPolicy policy;
  for (uint64_t draw = 0; draw < 20; ++draw) {
    SearchFixture fixture(EndlessWorld());
    fixture.draw = draw;
    fixture.limits = {.max_depth = 5, .max_nodes = 7, .max_width = 3, .max_actions = 12};
    const SearchResult result = fixture.RunPolicy(policy);
    EXPECT_LE(result.nodes, 7);
    EXPECT_LE(result.actions, 12);
    EXPECT_LE(result.depth, 5);
    EXPECT_EQ(result.charges.steps, result.nodes);
  }
}

TEST(PolicySearchTest, AWorldThatCannotSayEndsTheSearchWithoutEvidence) {
  SearchFixture fixture(world::TableScript({{{1}, {"w\n", 0.1F}}}));
  HeuristicPolicy policy(HeuristicRule{});
  tree::TrajectoryRecorder recorder(/*with_features=*/false);
  const SearchResult result = fixture.RunPolicy(policy, {}, &recorder);
  EXPECT_TRUE(result.charges.not_recorded);
  EXPECT_EQ(result.answer, std::nullopt);
  EXPECT_EQ(result.actions, 1);
  EXPECT_EQ(recorder.trajectory().steps.size(), 1u);
  EXPECT_EQ(recorder.trajectory().end, tree::End::kNone);
}

TEST(PolicySearchTest, ManySearchesDecideInOneBatchAndDoNotChangeOneAnother) {
  constexpr int kSearches = 5;
  UniformPolicy policy;
  SearchFixture together(EndlessWorld());
  PolicyClient client(together.rounds, policy);
  const PolicySearch searcher(client, {});
  std::vector<SearchResult> results(kSearches);
  for (int i = 0; i < kSearches; ++i) {
    together.draw = static_cast<uint64_t>(i);
    together.rounds.Spawn(RunInto(searcher, together.Context(), &results[i]));
  }
  together.rounds.Run();
  int longest = 0;
  for (int i = 0; i < kSearches; ++i) {
    SearchFixture alone(EndlessWorld());
    alone.draw = static_cast<uint64_t>(i);
    const SearchResult one = alone.RunPolicy(policy);
    EXPECT_EQ(one.answer, results[i].answer);
    EXPECT_EQ(one.charges.tokens, results[i].charges.tokens);
    EXPECT_EQ(one.actions, results[i].actions);
    longest = std::max(longest, one.actions);
  }
  EXPECT_EQ(client.phase().batches, longest);
}

// Runs `searches` uniform searches over the worlds in `folder` and returns their trace.
std::string Trace(const std::string& folder, const std::string& trace, bool grow) {
  world::Store store(folder);
  UniformPolicy policy;
  SearchFixture fixture(EndlessWorld(), &store, grow);
  {
    JsonlWriter writer(trace);
    for (uint64_t draw = 0; draw < 4; ++draw) {
      fixture.draw = draw;
      tree::TrajectoryRecorder recorder(/*with_features=*/false);
      const SearchResult result = fixture.RunPolicy(policy, {}, &recorder);
      EXPECT_FALSE(result.charges.not_recorded);
      EXPECT_TRUE(grow || result.charges.computed_tokens == 0) << draw;
      WriteTrace({.problem = "toy/1",
                  .method = "pgts_uniform",
                  .rollout = static_cast<int>(draw),
                  .trajectory = recorder.Take()},
                 writer);
    }
  }
  EXPECT_EQ(fixture.worlds().written().rows > 0, grow);
  return ReadFile(trace);
}

TEST(PolicySearchTest, AReplayOfAStoredWorldIsTheSameByteForByte) {
  TempFolder folder;
  const std::string first = Trace(folder.File("world"), folder.File("first.jsonl"), true);
  const std::string replay = Trace(folder.File("world"), folder.File("replay.jsonl"), false);
  EXPECT_GT(first.size(), 1000u);
  EXPECT_EQ(first, replay);
}

}  // namespace
}  // namespace pgts::search
