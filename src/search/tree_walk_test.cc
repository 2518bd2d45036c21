// SPDX-License-Identifier: Apache-2.0
#include "search/tree_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/search_fixture.h"

namespace pgts::search {
namespace {

using ::testing::ElementsAre;
using tree::kNoNode;
using tree::kRoot;
using tree::NodeId;

using Asks = std::vector<std::vector<NodeId>>;  // one list of parents after another

Co<void> AskInTurn(TreeWalk& walk, Asks asks, std::vector<std::vector<NodeId>>* answers) {
  for (std::vector<NodeId>& parents : asks) {
    std::vector<NodeId> nodes = co_await walk.Ask(std::move(parents));
    answers->push_back(std::move(nodes));
  }
}

std::vector<std::vector<NodeId>> AskInTurn(SearchFixture& fixture, TreeWalk& walk, Asks asks) {
  std::vector<std::vector<NodeId>> answers;
  fixture.rounds.Spawn(AskInTurn(walk, std::move(asks), &answers));
  fixture.rounds.Run();
  return answers;
}

// Three children of the root, then three of the first of them.
std::vector<std::vector<NodeId>> TwoGenerations(SearchFixture& fixture, TreeWalk& walk) {
  return AskInTurn(fixture, walk, {{kRoot, kRoot, kRoot}, {1, 1, 1}});
}

world::Script SameStepEverywhere() {
  return {.step = [](const world::StepAddress&) { return world::ScriptedStep("abc\n"); },
          .score = [](const world::StepAddress&) { return 0.5F; }};
}

TEST(TreeWalkTest, WhatIsSureToFitIsUnderWayAtOnce) {
  SearchFixture fixture(SameStepEverywhere());
  TreeWalk walk(fixture.Context(), 3);
  EXPECT_THAT(TwoGenerations(fixture, walk),
              ElementsAre(ElementsAre(1, 2, 3), ElementsAre(4, 5, 6)));
  EXPECT_EQ(fixture.worlds().written().batches, 2);
  EXPECT_EQ(fixture.worlds().judged().batches, 2);
  EXPECT_EQ(walk.tree().node(6).parent, 1);
  EXPECT_EQ(walk.tree().node(6).attempt, 3);
}

TEST(TreeWalkTest, NoMoreThanTheWalkersAreUnderWay) {
  SearchFixture fixture(SameStepEverywhere());
  TreeWalk walk(fixture.Context(), 2);
  AskInTurn(fixture, walk, {{kRoot, kRoot, kRoot}});
  EXPECT_EQ(fixture.worlds().written().batches, 2);
}

TEST(TreeWalkTest, ClosedNodesArePassedOver) {
  SearchFixture fixture(world::TableScript({{{1}, {"#### 1\n", 0.8F}}, {{2}, {"a\n", 0.8F}}}));
  fixture.limits = {.max_depth = 1, .max_nodes = 9, .max_width = 2};
  TreeWalk walk(fixture.Context(), 4);
  const auto nodes = AskInTurn(fixture, walk, {{kRoot, kRoot, kRoot}, {1, 2, kRoot}});
  EXPECT_THAT(nodes[0], ElementsAre(1, 2, kNoNode));              // the root's width
  EXPECT_THAT(nodes[1], ElementsAre(kNoNode, kNoNode, kNoNode));  // terminal, too deep, full
  EXPECT_FALSE(walk.Over());
}

TEST(TreeWalkTest, TheNodeBudgetEndsTheAsking) {
  SearchFixture fixture(SameStepEverywhere());
  fixture.limits.max_nodes = 5;
  TreeWalk walk(fixture.Context(), 3);
  const auto nodes = TwoGenerations(fixture, walk);
  EXPECT_THAT(nodes[1], ElementsAre(4, 5, kNoNode));
  EXPECT_TRUE(walk.Over());
  const SearchResult result = walk.Finish({});
  EXPECT_EQ(result.charges.steps, 5);
  EXPECT_EQ(walk.tree().end(), tree::End::kNodes);
}

TEST(TreeWalkTest, TheTokenBudgetIsCheckedBeforeEachStep) {
  SearchFixture fixture(SameStepEverywhere());  // 4 tokens a step
  fixture.limits.max_tokens = 9;
  TreeWalk walk(fixture.Context(), 3);
  const auto nodes = TwoGenerations(fixture, walk);
  EXPECT_THAT(nodes[0], ElementsAre(1, 2, 3));  // the third is asked for at 8
  EXPECT_THAT(nodes[1], ElementsAre(kNoNode, kNoNode, kNoNode));
  EXPECT_EQ(walk.Finish({}).charges.tokens, 12);
  EXPECT_EQ(walk.tree().end(), tree::End::kTokens);
}

TEST(TreeWalkTest, AKnownLongestStepLetsSeveralGoAtOnce) {
  SearchFixture fixture(SameStepEverywhere(), SearchFixture::Parts{.max_step_tokens = 4});
  fixture.limits.max_tokens = 9;
  TreeWalk walk(fixture.Context(), 3);
  AskInTurn(fixture, walk, {{kRoot, kRoot, kRoot}});
  EXPECT_EQ(fixture.worlds().written().batches, 1);  // two are sure to cost 8 at most
}

// What a search does depends on its budgets alone: neither on how many steps go out together nor on
// what is stored already.
TEST(TreeWalkTest, ComesToTheSameAsAskingOneByOne) {
  for (int64_t budget = 1; budget < 60; ++budget) {
    std::vector<std::vector<std::vector<NodeId>>> seen;
    for (const auto& [longest, walkers] : {std::pair{0, 1}, {0, 3}, {9, 3}, {20, 2}}) {
      SearchFixture fixture(EndlessWorld(), SearchFixture::Parts{.max_step_tokens = longest});
      fixture.limits = {.max_depth = 4, .max_nodes = 9, .max_width = 3, .max_tokens = budget};
      TreeWalk walk(fixture.Context(), walkers);
      seen.push_back(TwoGenerations(fixture, walk));
      const SearchResult result = walk.Finish({});
      EXPECT_EQ(result.charges.tokens, walk.tree().tokens());
      const auto last = walk.tree().nodes().back().child.tokens;
      EXPECT_LT(result.charges.tokens - last, budget);
    }
    for (const auto& nodes : seen) EXPECT_EQ(nodes, seen.front()) << budget;
  }
}

TEST(TreeWalkTest, AShortageFallsOnAllTipsAlike) {
  SearchFixture fixture(SameStepEverywhere());
  fixture.limits.max_nodes = 5;
  TreeWalk walk(fixture.Context(), 2);
  const auto nodes = AskInTurn(fixture, walk, {{kRoot, kRoot}, Repeat({1, 2}, 2)});
  EXPECT_THAT(nodes[1], ElementsAre(3, 4, 5, kNoNode));
  EXPECT_EQ(walk.tree().node(3).parent, 1);
  EXPECT_EQ(walk.tree().node(4).parent, 2);
  EXPECT_EQ(walk.tree().node(5).parent, 1);
}

TEST(KeepBestTest, RanksByPathScoreAndLeavesOutTheDead) {
  tree::Tree tree({.max_width = 9});
  const auto grow = [&](tree::Child child) {
    if (tree.current() != kRoot) tree.GoTo(kRoot);
    tree.Apply(tree::Action::kExpand, std::move(child));
  };
  grow({.score = 0.4F});                // 1
  grow({.score = 0.9F, .dead = true});  // 2
  grow({.score = 0.7F});                // 3
  grow({.score = 0.7F});                // 4
  const auto keep = [&](int most) {
    return KeepBest(tree, {4, kNoNode, 3, 2, 1}, tree::PathScore::kLast, most);
  };
  EXPECT_THAT(keep(9), ElementsAre(3, 4, 1));
  EXPECT_THAT(keep(1), ElementsAre(3));  // ties to the earlier
}

TEST(TreeWalkTest, WhatTheWorldCannotSayEndsIt) {
  SearchFixture fixture(world::TableScript({{{1}, {"a\n", 0.8F}}, {{3}, {"c\n", 0.8F}}}));
  tree::TrajectoryRecorder recorder(/*with_features=*/false);
  TreeWalk walk(fixture.Context(&recorder), 3);
  const auto nodes = AskInTurn(fixture, walk, {{kRoot, kRoot, kRoot}});
  EXPECT_THAT(nodes[0], ElementsAre(1, kNoNode, kNoNode));
  EXPECT_TRUE(walk.Over());
  EXPECT_TRUE(walk.Finish({}).charges.not_recorded);
  EXPECT_EQ(recorder.trajectory().end, tree::End::kNone);
}

TEST(TreeWalkTest, TheObserverSeesEachStepAtItsParent) {
  SearchFixture fixture(MisleadingFirstSteps());
  tree::TrajectoryRecorder recorder(/*with_features=*/false);
  TreeWalk walk(fixture.Context(&recorder), 2);
  AskInTurn(fixture, walk, {{kRoot, kRoot}, {1, 2}});
  const SearchResult result = walk.Finish({});
  std::vector<NodeId> from, to;
  int64_t tokens = 0;
  for (const tree::TrajectoryStep& step : recorder.trajectory().steps) {
    from.push_back(step.from);
    to.push_back(step.to);
    tokens += step.tokens;
    EXPECT_TRUE(step.legal.Has(tree::Action::kExpand));
  }
  EXPECT_THAT(from, ElementsAre(0, 0, 1, 2));
  EXPECT_THAT(to, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(tokens, result.charges.tokens);
  EXPECT_EQ(recorder.trajectory().end, tree::End::kTerminated);
  EXPECT_EQ(recorder.trajectory().answer->text, "1");
}

}  // namespace
}  // namespace pgts::search
