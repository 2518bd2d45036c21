// SPDX-License-Identifier: Apache-2.0
#include "tree/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tree/test_trees.h"

namespace pgts::tree {
namespace {

using enum Action;
using ::testing::ElementsAre;

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

TEST(LegalityTest, WithoutAnAnswerTheLastNodesAreKeptForOne) {
  Tree tree({.max_depth = 3, .max_nodes = 6});
  tree.Apply(kExpand, Step());  // 5 nodes left, 2 to the deepest step
  tree.Apply(kBranch, Step());
  EXPECT_EQ(tree.Legal(), Mask({kExpand, kBranch, kBacktrack}));  // 4 left
  tree.Apply(kBranch, Step());                                    // 3 left
  tree.Apply(kBranch, Step());                                    // 2 left
  EXPECT_EQ(tree.Legal(), Mask({kExpand}));
  tree.Apply(kExpand, Step());
  EXPECT_EQ(tree.Legal(), Mask({kExpand}));
  tree.Apply(kExpand, Terminal("4", 0.5F));
  EXPECT_EQ(tree.end(), End::kNodes);
}

TEST(LegalityTest, WithAnAnswerTheLastNodesAreFree) {
  Tree tree({.max_depth = 2, .max_nodes = 3});
  tree.Apply(kExpand, Terminal("4", 0.5F));
  tree.Apply(kBranch, Step());
  EXPECT_EQ(tree.Legal(), Mask({kExpand, kBranch, kBacktrack, kTerminate}));
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

}  // namespace
}  // namespace pgts::tree
