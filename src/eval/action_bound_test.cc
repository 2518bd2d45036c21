// SPDX-License-Identifier: Apache-2.0
#include "eval/action_bound.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "world/scripted_world.h"

namespace pgts::eval {
namespace {

using Paths = std::vector<std::vector<int>>;

// A token a byte:
//   1 "aaa\n" 4        1·1 "#### 5\n" 7      1·2 "#### 9\n" 7
//   2 "b\n"   2        2·1 "cc\n"     3      2·1·1 "#### 7\n" 7     2·2 "#### 7\n" 7
class TokensToRightTest : public ::testing::Test {
 protected:
  // In the world with these steps, asked for in this order.
  double Needed(const Paths& paths, const std::string& gold) {
    const auto world = worlds_.Open({.id = "toy/1", .question = "Q"}, epoch_++);
    rounds_.Spawn(Grow(world, paths));
    rounds_.Run();
    return TokensToRight(*world, {.gold = gold});
  }

 private:
  static Co<void> Grow(std::shared_ptr<world::World> world, Paths paths) {
    std::map<std::vector<int>, int> ids = {{{}, world::kRootStep}};
    for (const std::vector<int>& path : paths) {
      const std::vector<int> parent(path.begin(), path.end() - 1);
      const auto child = co_await world->AskChild(ids.at(parent), path.back(), /*walker=*/0);
      ids[path] = child->step->id;
    }
  }

  Rounds rounds_;
  std::unique_ptr<task::Task> task_ = task::MakeTask("word_problems");
  world::ScriptedWorlds worlds_{{.rounds = &rounds_, .task = task_.get()},
                                world::TableScript({{{1}, {"aaa\n"}},
                                                    {{1, 1}, {"#### 5\n"}},
                                                    {{1, 2}, {"#### 9\n"}},
                                                    {{2}, {"b\n"}},
                                                    {{2, 1}, {"cc\n"}},
                                                    {{2, 1, 1}, {"#### 7\n"}},
                                                    {{2, 2}, {"#### 7\n"}}})};
  int epoch_ = 0;
};

const Paths kAll = {{1}, {2}, {1, 1}, {2, 1}, {2, 1, 1}, {2, 2}, {1, 2}};

TEST_F(TokensToRightTest, IsAllBeforeTheLastStepWithEarlierAttemptsOnTheWay) {
  EXPECT_EQ(Needed(kAll, "5"), 4);      // 1
  EXPECT_EQ(Needed(kAll, "9"), 4 + 7);  // 1, 1·1
}

TEST_F(TokensToRightTest, TakesTheCheapestOfSeveral) {
  EXPECT_EQ(Needed(kAll, "7"), 4 + 2 + 3);  // 1, 2, 2·1: before 2·1·1 and before 2·2 alike
  EXPECT_EQ(Needed({{1}, {2}, {2, 1}, {2, 2}}, "7"), 4 + 2 + 3);
}

TEST_F(TokensToRightTest, KnowsOnlyWhatWasGrown) {
  EXPECT_TRUE(std::isinf(Needed({{1}, {2}, {2, 1}}, "7")));
  EXPECT_TRUE(std::isinf(Needed({}, "7")));
  EXPECT_TRUE(std::isinf(Needed(kAll, "8")));
}

}  // namespace
}  // namespace pgts::eval
