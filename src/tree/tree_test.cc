// SPDX-License-Identifier: Apache-2.0
#include "tree/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>

#include "tree/trajectory.h"

namespace pgts::tree {
namespace {

using enum Action;
using ::testing::ElementsAre;

ActionMask Mask(std::initializer_list<Action> actions) {
  ActionMask mask;
  for (Action action : actions) mask.Allow(action);
  return mask;
}

// Children differ in text unless a test says otherwise.
Child Step(float score = 0.5F) {
  static uint64_t text = 0;
  return {.tokens = 10, .log_prob = -1, .score = score, .text_hash = ++text};
}

Child Terminal(std::string answer, float score) {
  Child child = Step(score);
  child.terminal = true;
  child.answer = std::move(answer);
  return child;
}

Child Dead() {
  Child child = Step(0.9F);
  child.dead = true;
  return child;
}

TEST(LegalityTest, RootOnlyExpands) {
  Tree tree({});
  EXPECT_EQ(tree.Legal(), Mask({kExpand}));
}

TEST(LegalityTest, InnerNodeMayExpandBranchAndBacktrack) {
  Tree tree({});
  tree.Apply(kExpand, Step());
  EXPECT_EQ(tree.Legal(), Mask({kExpand, kBranch, kBacktrack}));
}

TEST(LegalityTest, TerminalNodeDoesNotExpandAndAllowsTerminateFromThenOn) {
  Tree tree({});
  tree.Apply(kExpand, Terminal("4", 0.5F));
  EXPECT_EQ(tree.Legal(), Mask({kBranch, kBacktrack, kTerminate}));
  tree.Apply(kBacktrack);
  EXPECT_EQ(tree.current(), kRoot);
  EXPECT_EQ(tree.Legal(), Mask({kExpand, kTerminate}));
}

TEST(LegalityTest, DeadNodeDoesNotExpand) {
  Tree tree({});
  tree.Apply(kExpand, Dead());
  EXPECT_EQ(tree.Legal(), Mask({kBranch, kBacktrack}));
}

TEST(LegalityTest, DepthLimitForbidsExpandOnly) {
  Tree tree({.max_depth = 1});
  tree.Apply(kExpand, Step());
  EXPECT_EQ(tree.Legal(), Mask({kBranch, kBacktrack}));
}

TEST(LegalityTest, FullParentForbidsBranchAndBacktrackToIt) {
  Tree tree({.max_width = 2});
  tree.Apply(kExpand, Step());
  tree.Apply(kBranch, Step());
  EXPECT_EQ(tree.Legal(), Mask({kExpand}));  // the root is full, and it is the only ancestor
  tree.Apply(kExpand, Step());
  EXPECT_EQ(tree.Legal(), Mask({kExpand, kBranch, kBacktrack}));  // to the parent, not the root
}

TEST(LegalityTest, BacktrackSeesOpenAncestorsBeyondAFullParent) {
  Tree tree({.max_width = 2});
  tree.Apply(kExpand, Step());
  tree.Apply(kExpand, Step());
  tree.Apply(kBranch, Dead());  // the parent is full now, the root has one attempt left
  EXPECT_EQ(tree.Legal(), Mask({kBacktrack}));
  tree.Apply(kBacktrack);
  EXPECT_EQ(tree.current(), 1);
  EXPECT_EQ(tree.Legal(), Mask({kBranch, kBacktrack}));
}

TEST(LegalityTest, WhereAChildFoundNothingLeftNoOtherIsAskedFor) {
  Tree tree({});
  tree.Apply(kExpand, Step());
  Child none = Dead();
  none.nothing_left = true;
  tree.Apply(kBranch, none);
  EXPECT_EQ(tree.NodesWithoutRoot(), 1);
  EXPECT_EQ(tree.current(), 1);
  EXPECT_EQ(tree.actions(), 2);
  EXPECT_EQ(tree.Unexplored(kRoot), 0);
  EXPECT_FALSE(tree.CanExpand(kRoot));
  EXPECT_EQ(tree.Legal(), Mask({kExpand}));
}

Child Likely(float probability, float score) {
  Child child = Step(score);
  child.log_prob = std::log(probability);
  return child;
}

TEST(BacktrackTest, UnexploredIsWhatTheKnownChildrenLeave) {
  Tree tree({});
  EXPECT_FLOAT_EQ(tree.Unexplored(kRoot), 1);
  tree.Apply(kExpand, Likely(0.7F, 0.5F));
  tree.Apply(kBranch, Likely(0.2F, 0.5F));
  EXPECT_NEAR(tree.Unexplored(kRoot), 0.1F, 1e-6);
  Child again = Likely(0.2F, 0.5F);
  again.text_hash = tree.node(2).child.text_hash;
  tree.Apply(kBranch, again);
  EXPECT_NEAR(tree.Unexplored(kRoot), 0.1F, 1e-6);  // a text counts once
  EXPECT_EQ(tree.Unexplored(1), 1);
}

TEST(BacktrackTest, LeadsToTheAncestorWithMostToFind) {
  Tree tree({.max_depth = 4, .max_width = 2, .backtrack_to = BacktrackTo::kUnexplored});
  tree.Apply(kExpand, Likely(0.9F, 0.8F));   // node 1; the root's promise is 0.1 x 0.8
  tree.Apply(kExpand, Likely(0.5F, 0.7F));   // 2; node 1: 0.5 x 0.8
  tree.Apply(kExpand, Likely(0.4F, 0.2F));   // 3; node 2: 0.6 x 0.7
  tree.Apply(kExpand, Terminal("4", 0.1F));  // 4; node 3: 0.63 x 0.2
  tree.Apply(kBacktrack);
  EXPECT_EQ(tree.current(), 2);
  tree.Apply(kExpand, Terminal("5", 0.1F));  // node 2 is full
  tree.Apply(kBacktrack);
  EXPECT_EQ(tree.current(), 1);
}

TEST(BacktrackTest, OfEqualsTheNearer) {
  Tree tree({.backtrack_to = BacktrackTo::kUnexplored});
  tree.Apply(kExpand, Likely(0.5F, 0.8F));
  tree.Apply(kExpand, Likely(0.5F, 0.8F));
  tree.Apply(kBacktrack);
  EXPECT_EQ(tree.current(), 1);
}

TEST(RequestTest, NamesParentAndNextAttempt) {
  Tree tree({});
  tree.Apply(kExpand, Step());
  EXPECT_EQ(tree.Request(kExpand).parent, 1);
  EXPECT_EQ(tree.Request(kExpand).attempt, 1);
  EXPECT_EQ(tree.Request(kBranch).parent, kRoot);
  EXPECT_EQ(tree.Request(kBranch).attempt, 2);
  tree.Apply(kBranch, Step());
  EXPECT_EQ(tree.node(2).parent, kRoot);
  EXPECT_EQ(tree.node(2).attempt, 2);
  EXPECT_EQ(tree.node(kRoot).width, 2);
  EXPECT_EQ(tree.current(), 2);
}

TEST(BudgetTest, NodesEndTheSearchAndDoNotCountTheRoot) {
  Tree tree({.max_nodes = 2});
  tree.Apply(kExpand, Step());
  EXPECT_FALSE(tree.Done());
  tree.Apply(kExpand, Step());
  EXPECT_EQ(tree.end(), End::kNodes);
  EXPECT_TRUE(tree.Legal().Empty());
}

TEST(BudgetTest, ActionsEndTheSearchByDefaultAtThreeANode) {
  EXPECT_EQ(Limits{.max_nodes = 7}.Actions(), 21);
  Tree tree({.max_actions = 2});
  tree.Apply(kExpand, Step());
  tree.Apply(kBacktrack);
  EXPECT_EQ(tree.end(), End::kActions);
}

TEST(BudgetTest, TokensAreCheckedBeforeAStepIsAskedFor) {
  Tree tree({.max_tokens = 15});
  tree.Apply(kExpand, Step());  // 10 of 15
  EXPECT_FALSE(tree.Done());
  tree.Apply(kExpand, Step());  // overshoots by the step under way
  EXPECT_EQ(tree.end(), End::kTokens);
  EXPECT_EQ(tree.tokens(), 20);
}

TEST(BudgetTest, TokensCountDiscardedNodes) {
  Tree tree({});
  tree.Apply(kExpand, Step());
  tree.Apply(kBranch, Step());
  tree.Apply(kBranch, Dead());
  EXPECT_EQ(tree.tokens(), 30);
}

TEST(EndTest, TerminateEnds) {
  Tree tree({});
  tree.Apply(kExpand, Terminal("4", 0.5F));
  tree.Apply(kTerminate);
  EXPECT_EQ(tree.end(), End::kTerminated);
  EXPECT_EQ(Name(tree.end()), "terminated");
}

TEST(EndTest, NothingLegalEnds) {
  Tree tree({.max_width = 1});
  tree.Apply(kExpand, Dead());
  EXPECT_EQ(tree.end(), End::kNothingLegal);
}

TEST(DuplicateTest, EqualTextsOfSiblingsOnly) {
  Tree tree({});
  Child child = Step();
  tree.Apply(kExpand, child);
  tree.Apply(kExpand, child);  // same text, other parent
  EXPECT_FALSE(tree.node(2).duplicate);
  tree.Apply(kBranch, child);
  EXPECT_TRUE(tree.node(3).duplicate);
  EXPECT_EQ(tree.tokens(), 30) << "a duplicate costs its tokens";
  EXPECT_EQ(tree.node(1).width, 2) << "and its attempt";
}

TEST(PathTest, LeadsFromBelowTheRoot) {
  Tree tree({});
  tree.Apply(kExpand, Step());
  tree.Apply(kBranch, Step());
  tree.Apply(kExpand, Step());
  EXPECT_THAT(tree.Path(3), ElementsAre(2, 3));
  EXPECT_TRUE(tree.Path(kRoot).empty());
  EXPECT_EQ(tree.MaxDepthReached(), 2);
}

// Two paths: 0.2 -> 0.9 ("a") and 0.8 -> 0.7 ("b").
Tree TwoAnswers() {
  Tree tree({});
  tree.Apply(kExpand, Step(0.2F));
  tree.Apply(kExpand, Terminal("a", 0.9F));
  tree.Apply(kBacktrack);
  tree.Apply(kBranch, Step(0.8F));
  tree.Apply(kExpand, Terminal("b", 0.7F));
  return tree;
}

TEST(AnswerTest, NoTerminalNodeNoAnswer) {
  Tree tree({});
  tree.Apply(kExpand, Step());
  EXPECT_FALSE(BestAnswer(tree).has_value());
}

TEST(AnswerTest, PathScores) {
  const Tree tree = TwoAnswers();
  EXPECT_FLOAT_EQ(ScoreOfPath(tree, 2, PathScore::kLast), 0.9F);
  EXPECT_FLOAT_EQ(ScoreOfPath(tree, 2, PathScore::kMin), 0.2F);
  EXPECT_FLOAT_EQ(ScoreOfPath(tree, 2, PathScore::kProduct), 0.18F);
  EXPECT_FLOAT_EQ(ScoreOfPath(tree, 2, PathScore::kMean), 0.55F);
}

TEST(AnswerTest, APathOfNoStepsScoresAsTheRoot) {
  for (const PathScore rule :
       {PathScore::kLast, PathScore::kMin, PathScore::kProduct, PathScore::kMean}) {
    EXPECT_FLOAT_EQ(CombineScores({}, rule), kRootScore) << Name(rule);
  }
}

TEST(AnswerTest, BestDependsOnThePathScore) {
  const Tree tree = TwoAnswers();
  EXPECT_EQ(BestAnswer(tree, PathScore::kLast)->text, "a");
  EXPECT_EQ(BestAnswer(tree, PathScore::kMin)->text, "b");
  EXPECT_EQ(BestAnswer(tree, PathScore::kProduct)->text, "b");
  EXPECT_EQ(BestAnswer(tree, PathScore::kMean)->text, "b");
}

TEST(AnswerTest, TiesGoToTheEarlierNode) {
  Tree tree({});
  tree.Apply(kExpand, Terminal("first", 0.6F));
  tree.Apply(kBranch, Terminal("second", 0.6F));
  EXPECT_EQ(BestAnswer(tree)->text, "first");
}

TEST(AnswerTest, VoteAddsScoresOfEqualAnswers) {
  Tree tree({});
  tree.Apply(kExpand, Terminal("rare", 0.7F));
  tree.Apply(kBranch, Terminal("common", 0.4F));
  tree.Apply(kBranch, Terminal("common", 0.5F));
  EXPECT_EQ(BestAnswer(tree)->text, "rare");
  const auto voted = BestAnswer(tree, PathScore::kLast, AnswerRule::kVote);
  EXPECT_EQ(voted->text, "common");
  EXPECT_EQ(voted->node, 3) << "the vote's best-scored node";
  EXPECT_FLOAT_EQ(voted->score, 0.5F);
}

TEST(RoamingTest, GoesOnFromAnyOpenNodeWithoutAnAction) {
  Tree tree({});
  tree.Apply(kExpand, Step());  // 1
  tree.Apply(kExpand, Step());  // 2, below 1
  tree.GoTo(kRoot);
  EXPECT_EQ(tree.current(), kRoot);
  EXPECT_EQ(tree.actions(), 2);
  EXPECT_EQ(tree.node(kRoot).visits, 2);
  tree.Apply(kExpand, Step());  // 3, below the root
  tree.GoTo(1);
  EXPECT_EQ(tree.Request(kExpand).attempt, 2);
  EXPECT_EQ(tree.Request(kExpand).parent, 1);
}

TEST(RoamingTest, NothingLegalHereEndsNoSearchThatGoesOnElsewhere) {
  Tree tree({.max_depth = 2, .max_width = 2});
  tree.Apply(kExpand, Step());  // 1
  tree.GoTo(kRoot);
  tree.Apply(kExpand, Step());  // 2: now the root is full
  tree.Apply(kExpand, Dead());
  tree.Apply(kBranch, Dead());
  ASSERT_EQ(tree.end(), End::kNothingLegal);
  tree.GoTo(1);
  EXPECT_FALSE(tree.Done());
  EXPECT_TRUE(tree.Legal().Has(kExpand));
}

TEST(RoamingTest, ASearchThatWantsNoMoreConcludes) {
  Tree answered({});
  answered.Apply(kExpand, Terminal("4", 0.5F));
  answered.Conclude();
  EXPECT_EQ(answered.end(), End::kTerminated);
  Tree lost({});
  lost.Apply(kExpand, Step());
  lost.Conclude();
  EXPECT_EQ(lost.end(), End::kNothingLegal);
  Tree spent({.max_nodes = 1});
  spent.Apply(kExpand, Terminal("4", 0.5F));
  spent.Conclude();
  EXPECT_EQ(spent.end(), End::kNodes) << "it had ended before";
}

TEST(TrajectoryTest, ASearchThatConcludesEndsAfterItsLastDecision) {
  Tree tree({});
  TrajectoryRecorder recorder(false);
  recorder.Before(tree, {.action = kExpand});
  tree.Apply(kExpand, Terminal("4", 0.75F));
  recorder.After(tree);
  ASSERT_FLOAT_EQ(recorder.trajectory().steps[0].potential_after, 0.75F);
  tree.Conclude();
  recorder.Ended(tree, BestAnswer(tree));
  EXPECT_FLOAT_EQ(recorder.trajectory().steps[0].potential_after, 0);
  EXPECT_EQ(recorder.trajectory().end, End::kTerminated);
}

TEST(TrajectoryTest, SearchesOneAfterAnotherAreKeptApart) {
  TrajectoryRecorder recorder(false);
  for (const char* answer : {"1", "2"}) {
    Tree tree({});
    for (const Child& child : {Step(), Terminal(answer, 0.5F)}) {
      recorder.Before(tree, {.action = kExpand});
      tree.Apply(kExpand, child);
      recorder.After(tree);
    }
    recorder.Ended(tree, BestAnswer(tree));
  }
  EXPECT_EQ(recorder.trajectory().answer->text, "2");
  const std::vector<Trajectory> searches = recorder.TakeAll();
  ASSERT_EQ(searches.size(), 2U);
  EXPECT_EQ(searches[0].answer->text, "1");
  EXPECT_EQ(searches[0].steps.size(), 2U);
  EXPECT_EQ(searches[1].steps.size(), 2U);
}

TEST(TrajectoryTest, RecordsTokensMovesAndPotentials) {
  Tree tree({});
  TrajectoryRecorder recorder(true);
  const auto act = [&](Action action, std::optional<Child> child) {
    recorder.Before(tree, {.action = action});
    child ? tree.Apply(action, *child) : tree.Apply(action);
    recorder.After(tree);
  };
  act(kExpand, Step(0.75F));
  act(kExpand, Dead());
  act(kBranch, Terminal("4", 0.25F));
  act(kTerminate, std::nullopt);
  const auto& steps = recorder.trajectory().steps;
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_EQ(recorder.trajectory().end, End::kTerminated);
  EXPECT_FLOAT_EQ(steps[0].potential_before, kRootScore);
  EXPECT_FLOAT_EQ(steps[0].potential_after, 0.75F);
  EXPECT_FLOAT_EQ(steps[1].potential_after, 0) << "dead";
  EXPECT_FLOAT_EQ(steps[2].potential_before, 0);
  EXPECT_FLOAT_EQ(steps[2].potential_after, 0.25F);
  EXPECT_FLOAT_EQ(steps[3].potential_after, 0) << "the end";
  EXPECT_EQ(steps[2].from, 2);
  EXPECT_EQ(steps[2].to, 3);
  EXPECT_EQ(steps[2].tokens, 10);
  EXPECT_EQ(steps[3].tokens, 0);
  EXPECT_EQ(steps[1].legal, Mask({kExpand, kBranch, kBacktrack}));
  EXPECT_EQ(steps[3].features.nodes, 4) << "what the policy saw before the decision";
}

TEST(TrajectoryTest, RecordsTheNodesThatWereAskedFor) {
  Tree tree({.max_nodes = 2});
  TrajectoryRecorder recorder(/*with_features=*/false);
  const auto act = [&](Action action, const Child& child) {
    recorder.Before(tree, {.action = action});
    tree.Apply(action, child);
    recorder.After(tree);
  };
  act(kExpand, Step(0.75F));
  act(kBranch, Terminal("4", 0.25F));
  const auto& steps = recorder.trajectory().steps;
  ASSERT_EQ(recorder.trajectory().end, End::kNodes);
  ASSERT_TRUE(steps[1].grown);
  EXPECT_EQ(steps[1].grown->parent, kRoot);
  EXPECT_EQ(steps[1].grown->attempt, 2);
  EXPECT_EQ(steps[1].grown->child.answer, "4");
  EXPECT_FLOAT_EQ(steps[1].grown->child.score, 0.25F) << "its own, though the search ended there";
  EXPECT_FLOAT_EQ(steps[1].potential_after, 0);
}

TEST(TrajectoryTest, BacktrackAndTerminateGrowNothing) {
  Tree tree({});
  TrajectoryRecorder recorder(/*with_features=*/false);
  tree.Apply(kExpand, Terminal("4", 0.25F));
  for (Action action : {kBacktrack, kTerminate}) {
    recorder.Before(tree, {.action = action});
    tree.Apply(action);
    recorder.After(tree);
    EXPECT_FALSE(recorder.trajectory().steps.back().grown);
  }
}

}  // namespace
}  // namespace pgts::tree
