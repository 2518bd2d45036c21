// SPDX-License-Identifier: Apache-2.0
#include "search/walker_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/search_fixture.h"

namespace pgts::search {
namespace {

using ::testing::ElementsAre;

world::Script SameStepEverywhere() {
  return {.step = [](const world::StepAddress&) { return world::ScriptedStep("ab\n"); },
          .score = [](const world::StepAddress&) { return 0.5F; }};
}

Co<void> AskAll(world::Walker& walker, std::vector<std::pair<int, int>> children) {
  for (const auto& [parent, attempt] : children) co_await walker.Child(parent, attempt);
}

// The world's steps, by number: 1 and 2 below the root, 3 and 4 below 1, 5 below 3.
class WalkerPoolTest : public ::testing::Test {
 protected:
  WalkerPoolTest() : fixture_(SameStepEverywhere()), pool_(fixture_.world, 3) {
    fixture_.rounds.Spawn(AskAll(pool_.walker(0), {{0, 1}, {0, 2}, {1, 1}, {1, 2}, {3, 1}}));
    fixture_.rounds.Run();
  }
  void Stand(std::vector<int> steps) {
    for (int i = 0; i < pool_.size(); ++i) pool_.StandAt(i, steps[i]);
  }
  std::vector<int> Assign(std::vector<int> parents) { return pool_.Assign(parents); }

  SearchFixture fixture_;
  WalkerPool pool_;
};

TEST_F(WalkerPoolTest, WhoStandsThereGoesOn) {
  Stand({2, 5, 1});
  EXPECT_THAT(Assign({5, 1, 2}), ElementsAre(1, 2, 0));
}

TEST_F(WalkerPoolTest, ElseTheOneWithTheLongestSharedPath) {
  Stand({2, 4, 0});
  EXPECT_THAT(Assign({3}), ElementsAre(1));  // 4 and 3 share step 1
  EXPECT_THAT(Assign({5}), ElementsAre(1));
}

TEST_F(WalkerPoolTest, AmongEqualsTheOneWithTheShortestPathToLose) {
  Stand({5, 0, 0});
  EXPECT_THAT(Assign({2}), ElementsAre(1));
  EXPECT_THAT(Assign({2, 2, 2}), ElementsAre(1, 2, 0));
}

TEST_F(WalkerPoolTest, NobodyIsTakenFromAnothersParent) {
  Stand({3, 4, 0});
  // Two children of 3 and one of 4: the second child of 3 must not take the walker at 4.
  EXPECT_THAT(Assign({3, 3, 4}), ElementsAre(0, 2, 1));
}

TEST_F(WalkerPoolTest, ThePromptIsChargedOnce) {
  EXPECT_EQ(pool_.charges().prompt_tokens, 2);
  EXPECT_EQ(pool_.charges().tokens, 5 * 3);
}

}  // namespace
}  // namespace pgts::search
