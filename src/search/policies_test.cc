// SPDX-License-Identifier: Apache-2.0
// The policies that are not learnt: on trees by hand and, for the uniform one, in an endless world.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "search/heuristic_policy.h"
#include "search/search_fixture.h"
#include "search/uniform_policy.h"

namespace pgts::search {
namespace {

using tree::Action;
using tree::Child;
using tree::Tree;

Child Ordinary(float score) { return {.tokens = 1, .score = score, .text_hash = 1}; }
Child Terminal(float score) {
  return {.tokens = 1, .score = score, .terminal = true, .text_hash = 2, .answer = "7"};
}
// As an unscored search has it: only the flag says that it is dead.
Child Dead() { return {.tokens = 1, .dead = true, .text_hash = 3}; }

constexpr HeuristicRule kRule{.branch_below = 0.3F, .terminate_above = 0.5F};

Action Choice(const Tree& tree) { return HeuristicPolicy(kRule).Choose(tree); }

TEST(HeuristicPolicyTest, ExpandsWhatLooksRight) {
  Tree tree({.max_depth = 4, .max_nodes = 9, .max_width = 2});
  EXPECT_EQ(Choice(tree), Action::kExpand);
  tree.Apply(Action::kExpand, Ordinary(0.3F));  // not below the threshold
  EXPECT_EQ(Choice(tree), Action::kExpand);
}

TEST(HeuristicPolicyTest, BranchesAwayFromWhatLooksWrong) {
  Tree tree({.max_depth = 4, .max_nodes = 9, .max_width = 2});
  tree.Apply(Action::kExpand, Ordinary(0.29F));
  EXPECT_EQ(Choice(tree), Action::kBranch);
}

TEST(HeuristicPolicyTest, ExpandsWhatLooksWrongWhereNothingElseIsOpen) {
  Tree tree({.max_depth = 4, .max_nodes = 9, .max_width = 1});
  tree.Apply(Action::kExpand, Ordinary(0.1F));
  EXPECT_EQ(Choice(tree), Action::kExpand);
}

TEST(HeuristicPolicyTest, TerminatesAtAnAnswerThatScoresEnough) {
  Tree tree({.max_depth = 4, .max_nodes = 9, .max_width = 2});
  tree.Apply(Action::kExpand, Terminal(0.5F));
  EXPECT_EQ(Choice(tree), Action::kTerminate);
}

TEST(HeuristicPolicyTest, LeavesAnAnswerThatDoesNot) {
  Tree tree({.max_depth = 4, .max_nodes = 9, .max_width = 2});
  tree.Apply(Action::kExpand, Terminal(0.49F));
  EXPECT_EQ(Choice(tree), Action::kBranch);
  tree.Apply(Action::kBranch, Terminal(0.2F));
  EXPECT_EQ(Choice(tree), Action::kTerminate);  // all attempts are used up
}

TEST(HeuristicPolicyTest, LeavesForAnAncestorWhereThatComesFirst) {
  HeuristicRule rule = kRule;
  rule.backtrack_first = true;
  Tree tree({.max_depth = 4, .max_nodes = 9, .max_width = 2});
  tree.Apply(Action::kExpand, Ordinary(0.9F));
  tree.Apply(Action::kExpand, Terminal(0.2F));
  EXPECT_EQ(HeuristicPolicy(rule).Choose(tree), Action::kBacktrack);
  tree.Apply(Action::kBacktrack);
  EXPECT_EQ(HeuristicPolicy(rule).Choose(tree), Action::kExpand);  // another way on
}

TEST(HeuristicPolicyTest, TakesTheAnswerThatItHasWhenItsPatienceIsSpent) {
  HeuristicRule rule = kRule;
  rule.patience = 0.5;
  Tree tree({.max_depth = 4, .max_nodes = 4, .max_width = 3});
  tree.Apply(Action::kExpand, Terminal(0.2F));
  EXPECT_EQ(HeuristicPolicy(rule).Choose(tree), Action::kBranch);
  tree.Apply(Action::kBranch, Ordinary(0.1F));
  EXPECT_EQ(HeuristicPolicy(rule).Choose(tree), Action::kTerminate);
}

TEST(HeuristicPolicyTest, WithoutAnAnswerItWritesOneWhenItsPatienceIsSpent) {
  HeuristicRule rule = kRule;
  rule.patience = 0.25;
  Tree tree({.max_depth = 4, .max_nodes = 8, .max_width = 2});
  tree.Apply(Action::kExpand, Ordinary(0.9F));
  tree.Apply(Action::kExpand, Ordinary(0.1F));  // below the rule's threshold
  EXPECT_EQ(HeuristicPolicy(rule).Choose(tree), Action::kExpand);
}

TEST(HeuristicPolicyTest, ItsThresholdsAreQuantilesOfTheJudgesScores) {
  world::ScoreQuantiles scores = world::EvenScores();  // of a judge that believes in nothing
  for (float& score : scores.steps) score *= 0.1F;
  for (float& score : scores.answers) score *= 0.2F;
  const HeuristicRule rule =
      HeuristicOptions{.branch_quantile = 0.3, .terminate_quantile = 0.5}.On(scores);
  EXPECT_FLOAT_EQ(rule.branch_below, 0.03F);
  EXPECT_FLOAT_EQ(rule.terminate_above, 0.1F);
}

TEST(HeuristicPolicyTest, BacktracksFromAFullParentAndThenBranches) {
  Tree tree({.max_depth = 4, .max_nodes = 9, .max_width = 2});
  tree.Apply(Action::kExpand, Ordinary(0.9F));
  tree.Apply(Action::kExpand, Dead());
  EXPECT_EQ(Choice(tree), Action::kBranch);
  tree.Apply(Action::kBranch, Dead());
  EXPECT_EQ(Choice(tree), Action::kBacktrack);
  tree.Apply(Action::kBacktrack);
  EXPECT_EQ(Choice(tree), Action::kBranch);  // its own width is full
}

TEST(HeuristicPolicyTest, ItsDecisionIsCertain) {
  Tree tree({});
  HeuristicPolicy policy(kRule);
  const tree::DecisionRequest request{.tree = &tree, .draw = Key("d")};
  tree::Decision decision{.action = Action::kTerminate, .value = 3};
  policy.Decide({&request, 1}, {&decision, 1});
  EXPECT_EQ(decision.action, Action::kExpand);
  EXPECT_EQ(decision.log_prob, 0);
  EXPECT_EQ(decision.value, 0);
  EXPECT_THAT(decision.probabilities, ::testing::ElementsAre(1, 0, 0, 0));
}

tree::Decision UniformDecision(const Tree& tree, uint64_t draw) {
  UniformPolicy policy;
  const tree::DecisionRequest request{.tree = &tree, .draw = Key("uniform").With(draw)};
  tree::Decision decision;
  policy.Decide({&request, 1}, {&decision, 1});
  return decision;
}

TEST(UniformPolicyTest, DrawsEachLegalActionButTerminateEquallyOften) {
  Tree tree({.max_depth = 4, .max_nodes = 9, .max_width = 3});
  tree.Apply(Action::kExpand, Terminal(0.9F));
  tree.Apply(Action::kBranch, Ordinary(0.9F));
  ASSERT_EQ(tree.Legal().Count(), 4);
  std::map<Action, int> drawn;
  constexpr int kDraws = 6000;
  for (uint64_t i = 0; i < kDraws; ++i) {
    const tree::Decision decision = UniformDecision(tree, i);
    ++drawn[decision.action];
    EXPECT_FLOAT_EQ(decision.log_prob, std::log(1.0F / 3));
    EXPECT_THAT(decision.probabilities, ::testing::ElementsAre(1.0F / 3, 1.0F / 3, 1.0F / 3, 0.0F));
  }
  EXPECT_EQ(drawn.size(), 3u);
  EXPECT_FALSE(drawn.contains(Action::kTerminate));
  for (const auto& [action, count] : drawn) {
    EXPECT_NEAR(count, kDraws / 3, 150) << tree::Name(action);  // four standard deviations
  }
}

TEST(UniformPolicyTest, TerminatesWhereNothingElseIsLegal) {
  Tree tree({.max_depth = 4, .max_nodes = 9, .max_width = 1});
  tree.Apply(Action::kExpand, Terminal(0.1F));
  const tree::Decision decision = UniformDecision(tree, 0);
  EXPECT_EQ(decision.action, Action::kTerminate);
  EXPECT_EQ(decision.log_prob, 0);
  EXPECT_THAT(decision.probabilities, ::testing::ElementsAre(0, 0, 0, 1));
}

TEST(UniformPolicyTest, InAnEndlessWorldEveryDrawIsLegal) {
  UniformPolicy policy;
  int forced = 0, decisions = 0;
  for (uint64_t draw = 0; draw < 100; ++draw) {
    SearchFixture fixture(EndlessWorld());
    fixture.draw = draw;
    fixture.limits = {.max_depth = 3, .max_nodes = 40, .max_width = 2};
    tree::TrajectoryRecorder recorder(/*with_features=*/false);
    fixture.RunPolicy(policy, {}, &recorder);
    for (const tree::TrajectoryStep& step : recorder.trajectory().steps) {
      ++decisions;
      ASSERT_TRUE(step.legal.Has(step.decision.action));
      if (step.decision.action != Action::kTerminate) continue;
      EXPECT_EQ(step.legal.Count(), 1);
      ++forced;
    }
  }
  EXPECT_GT(decisions, 500);
  EXPECT_GT(forced, 0);  // the case was met
}

}  // namespace
}  // namespace pgts::search
