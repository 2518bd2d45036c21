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

TEST(FirstAttemptTest, GreedyStepsStandBeforeTheSampledOnes) {
  task::WordProblems task;
  Rounds rounds;
  ScriptedWorlds sampled({.rounds = &rounds, .task = &task}, {});
  EXPECT_EQ(FirstAttempt(*sampled.Open(Pens(), 0), 1), 1);
  EXPECT_EQ(FirstAttempt(*sampled.Open(Pens(), 0), 2), 2);
  ScriptedWorlds greedy({.rounds = &rounds, .task = &task, .greedy_first = true}, {});
  EXPECT_EQ(FirstAttempt(*greedy.Open(Pens(), 0), kGreedyChain), 1);
  EXPECT_EQ(FirstAttempt(*greedy.Open(Pens(), 0), 1), 2);
}

// Greedy chain 1·1·1; sampled chain 1 is 2·2·2; what begins greedily goes on so.
TEST(FirstAttemptTest, ChainsOfAGreedyFirstWorldStayOfOneKind) {
  task::WordProblems task;
  Rounds rounds;
  ScriptedWorlds worlds({.rounds = &rounds, .task = &task, .greedy_first = true},
                        {.step = [](const StepAddress& at) -> std::optional<RawStep> {
                          return ScriptedStep(fmt::format("{}\n", at.path.back()));
                        }});
  const auto world = worlds.Open(Pens(), 0);
  const auto attempts = [&](int first) {
    Chain chain;
    const auto walk = [](std::shared_ptr<World> on, int attempt, Chain* into) -> Co<void> {
      Walker walker(on);
      Chain walked = co_await WalkChain(walker, {.attempt = attempt}, {.max_depth = 3});
      *into = std::move(walked);
    };
    rounds.Spawn(walk(world, first, &chain));
    rounds.Run();
    std::vector<int> path;
    for (const Step* step : chain.steps) path.push_back(step->attempt);
    return path;
  };
  EXPECT_THAT(attempts(1), ElementsAre(1, 1, 1));
  EXPECT_THAT(attempts(2), ElementsAre(2, 2, 2));
  EXPECT_THAT(attempts(5), ElementsAre(5, 2, 2));
}

}  // namespace
}  // namespace pgts::world
