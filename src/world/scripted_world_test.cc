// SPDX-License-Identifier: Apache-2.0
#include "world/scripted_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temp_folder.h"
#include "task/task.h"
#include "world/store.h"
#include "world/test_walks.h"

namespace pgts::world {
namespace {

using ::testing::HasSubstr;

// Says which problem, epoch and path it was asked for.
Script Echo() {
  return {.step =
              [](const StepAddress& at) {
                return ScriptedStep(fmt::format("{} in {}: {}\n", at.problem.id, at.epoch,
                                                fmt::join(at.path, ".")));
              },
          .score =
              [](const StepAddress& at) {
                return 1.0F / static_cast<float>(at.path.size() + at.path.back());
              }};
}

class ScriptedWorldTest : public ::testing::Test {
 protected:
  Walk Go(ScriptedWorlds& worlds, std::vector<int> attempts) {
    Walk walk;
    rounds_.Spawn(Follow(worlds.Open(Pens(3), 2), std::move(attempts), /*scored=*/true, &walk));
    rounds_.Run();
    return walk;
  }

  std::unique_ptr<task::Task> task_ = task::MakeTask("word_problems");
  Rounds rounds_;
};

TEST_F(ScriptedWorldTest, AsksTheScriptByProblemEpochAndPath) {
  ScriptedWorlds worlds({.rounds = &rounds_, .task = task_.get()}, Echo());
  const Walk walk = Go(worlds, {2, 1});
  ASSERT_EQ(walk.lines.size(), 2u);
  EXPECT_THAT(walk.lines[1], HasSubstr("'pens/3 in 2: 2.1\n'"));
  EXPECT_THAT(walk.lines[1], HasSubstr(fmt::format("score {:a}", 1.0F / 3)));
}

TEST_F(ScriptedWorldTest, AProblemAndEpochAreOneWorldWhileItIsOpen) {
  ScriptedWorlds worlds({.rounds = &rounds_, .task = task_.get()}, Echo());
  const std::shared_ptr<World> world = worlds.Open(Pens(), 0);
  EXPECT_EQ(worlds.Open(Pens(), 0), world);
  EXPECT_NE(worlds.Open(Pens(), 1), world);
  EXPECT_NE(worlds.Open(Pens(1), 0), world);
}

TEST_F(ScriptedWorldTest, WhatIsStoredIsReadBackWithoutTheScript) {
  TempFolder temp;
  Store store(temp.path());
  ScriptedWorlds growing({.rounds = &rounds_, .task = task_.get(), .store = &store}, Echo());
  const Walk first = Go(growing, {2, 1});
  Script silent;
  silent.score = [](const StepAddress&) -> std::optional<float> { return std::nullopt; };
  ScriptedWorlds stored({.rounds = &rounds_, .task = task_.get(), .store = &store, .grow = false},
                        silent);
  const Walk again = Go(stored, {2, 1});
  EXPECT_EQ(again.lines, first.lines);
  EXPECT_EQ(again.charges.computed_tokens, 0);
  EXPECT_TRUE(Go(stored, {1}).charges.not_recorded);

  ScriptedWorlds other(
      {.rounds = &rounds_, .task = task_.get(), .store = &store, .grow = false, .scorer_hash = 9},
      silent);
  EXPECT_TRUE(Go(other, {2}).charges.not_recorded);  // another scorer's scores are not its own
}

TEST_F(ScriptedWorldTest, WithoutAScoreFunctionThereIsNoScorer) {
  Script script = Echo();
  script.score = nullptr;
  ScriptedWorlds worlds({.rounds = &rounds_, .task = task_.get()}, script);
  EXPECT_FALSE(worlds.Open(Pens(), 0)->has_scorer());
  EXPECT_TRUE(Go(worlds, {1}).charges.not_recorded);
}

TEST(ScriptedStepTest, ChargesATokenAByteAndTheEndOfText) {
  EXPECT_EQ(ScriptedStep("é\n").generated, 3);
  EXPECT_EQ(ScriptedStep("é\n").tokens.size(), 3u);
  EXPECT_EQ(ScriptedStep("#### 4", llm::StepEnd::kEndOfText).generated, 7);
  EXPECT_EQ(ScriptedStep("abc", llm::StepEnd::kMaxTokens).generated, 3);
}

}  // namespace
}  // namespace pgts::world
