// SPDX-License-Identifier: Apache-2.0
#include "tree/trajectory.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "tree/test_trees.h"

namespace pgts::tree {
namespace {

using enum Action;

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
