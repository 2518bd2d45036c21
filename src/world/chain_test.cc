// SPDX-License-Identifier: Apache-2.0
#include "world/chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "task/word_problems.h"
#include "world/scripted_world.h"
#include "world/test_walks.h"

namespace pgts::world {
namespace {

using ::testing::ElementsAre;

class ChainTest : public ::testing::Test {
 protected:
  // The texts of a chain.
  std::vector<std::string> Go(ChainStart start, ChainLimits limits) {
    rounds_.Spawn(Walk(start, limits));
    rounds_.Run();
    std::vector<std::string> texts;
    for (const Step* step : chain_.steps) texts.push_back(step->raw.text);
    return texts;
  }

  Co<void> Walk(ChainStart start, ChainLimits limits) {
    Walker walker(world_);
    Chain chain = co_await WalkChain(walker, start, limits);
    chain_ = std::move(chain);
  }

  task::WordProblems task_;
  Rounds rounds_;
  ScriptedWorlds worlds_{{.rounds = &rounds_, .task = &task_},
                         TableScript({{{1}, {"a\n"}},
                                      {{1, 1}, {"bcd\n"}},
                                      {{1, 1, 1}, {"#### 5\n"}},
                                      {{1, 2}, {"e", 0.5F, llm::StepEnd::kEndOfText}},
                                      {{2}, {"f\n"}}})};
  std::shared_ptr<World> world_ = worlds_.Open(Pens(), 0);
  Chain chain_;
};

TEST_F(ChainTest, GoesOnByFirstAttemptsToAnAnswerOrADeadEnd) {
  EXPECT_THAT(Go({}, {.max_depth = 9}), ElementsAre("a\n", "bcd\n", "#### 5\n"));
  EXPECT_TRUE(chain_.steps.back()->terminal);
  EXPECT_TRUE(chain_.recorded);
  const int first = chain_.steps.front()->id;
  EXPECT_THAT(Go({.node = first, .attempt = 2}, {.max_depth = 9}), ElementsAre("e"));
  EXPECT_TRUE(chain_.steps.back()->dead);
}

TEST_F(ChainTest, EndsAtItsLimits) {
  EXPECT_THAT(Go({}, {.max_depth = 2}), ElementsAre("a\n", "bcd\n"));
  const int second = chain_.steps.back()->id;
  EXPECT_THAT(Go({.node = second}, {.max_depth = 2}), ElementsAre());
  EXPECT_THAT(Go({}, {.max_depth = 9, .max_tokens = 3}), ElementsAre("a\n", "bcd\n"));
  EXPECT_THAT(Go({}, {.max_depth = 9, .max_tokens = 2}), ElementsAre("a\n"));
  EXPECT_TRUE(chain_.recorded);
}

TEST_F(ChainTest, SaysWhereTheWorldCouldNotGoOn) {
  EXPECT_THAT(Go({.attempt = 2}, {.max_depth = 9}), ElementsAre("f\n"));
  EXPECT_FALSE(chain_.recorded);
}

}  // namespace
}  // namespace pgts::world
