// SPDX-License-Identifier: Apache-2.0
#include "world/world.h"

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "base/error.h"
#include "task/task.h"
#include "world/scripted_world.h"
#include "world/test_walks.h"

namespace pgts::world {
namespace {

using ::testing::ElementsAre;

// Two chains and a branch; charged tokens are bytes.
const std::map<std::vector<int>, ScriptedNode> kTree = {
    {{1}, {.text = "14+9=23\n", .score = 0.9F}},         // 8 tokens
    {{1, 1}, {.text = "23*2=46\n", .score = 0.8F}},      // 8
    {{1, 1, 1}, {.text = "#### 46\n", .score = 0.95F}},  // 8
    {{1, 2}, {.text = "23*2=40\n", .score = 0.2F}},      // 8
    {{2}, {.text = "14*9=126\n", .score = 0.1F}},        // 9
};

class WorldTest : public ::testing::Test {
 protected:
  Walk Go(std::vector<int> attempts, bool scored) {
    Walk walk;
    rounds_.Spawn(Follow(world_, std::move(attempts), scored, &walk));
    rounds_.Run();
    return walk;
  }

  std::unique_ptr<task::Task> task_ = task::MakeTask("word_problems");
  Rounds rounds_;
  ScriptedWorlds worlds_{{.rounds = &rounds_, .task = task_.get()}, TableScript(kTree)};
  std::shared_ptr<World> world_ = worlds_.Open(Pens(), 0);
};

TEST_F(WorldTest, ChargesAreExact) {
  const Walk walk = Go({1, 1, 1}, /*scored=*/true);
  EXPECT_EQ(walk.charges.tokens, 24);
  EXPECT_EQ(walk.charges.computed_tokens, 24);
  EXPECT_EQ(walk.charges.steps, 3);
  EXPECT_EQ(walk.charges.scored_steps, 3);
  EXPECT_EQ(walk.charges.scored_tokens, 24);
  EXPECT_EQ(walk.charges.prompt_tokens, 15);  // "How many pens?\n"
  EXPECT_FALSE(walk.charges.not_recorded);
  const Step& end = world_->step(world_->size() - 1);
  EXPECT_TRUE(end.terminal);
  EXPECT_EQ(end.answer, "46");
  EXPECT_EQ(end.depth, 3);
  EXPECT_EQ(end.prefix->length, 15 + 24);
  EXPECT_EQ(world_->PathText(end.id), "14+9=23\n23*2=46\n#### 46\n");
  EXPECT_THAT(world_->Path(end.id), ElementsAre(1, 1, 1));
}

TEST_F(WorldTest, WhoAsksForNoScorePaysForNone) {
  const Walk walk = Go({1, 1}, /*scored=*/false);
  EXPECT_EQ(walk.charges.scored_steps, 0);
  EXPECT_EQ(walk.charges.scored_tokens, 0);
  EXPECT_EQ(worlds_.judged().rows, 0);
}

TEST_F(WorldTest, WhatWasGrownIsChargedButNotComputedAgain) {
  const Walk first = Go({1, 1}, true);
  const Walk second = Go({1, 2}, true);  // its first step is known
  EXPECT_EQ(second.charges.tokens, 16);
  EXPECT_EQ(second.charges.computed_tokens, 8);
  EXPECT_EQ(worlds_.written().rows, 3);
  EXPECT_EQ(worlds_.judged().rows, 3);
  EXPECT_EQ(first.lines[0], second.lines[0]);
}

TEST_F(WorldTest, WalkersThatAskAtOnceShareOneComputation) {
  Walk a, b, c;
  rounds_.Spawn(Follow(world_, {1, 1}, true, &a));
  rounds_.Spawn(Follow(world_, {1, 1}, true, &b));
  rounds_.Spawn(Follow(world_, {2}, true, &c));
  rounds_.Run();
  EXPECT_EQ(worlds_.written().rows, 3);  // 1, 2, then 1.1
  EXPECT_EQ(worlds_.written().batches, 2);
  EXPECT_EQ(worlds_.judged().rows, 3);
  EXPECT_EQ(a.lines, b.lines);
  EXPECT_EQ(a.charges.tokens, 16);
  EXPECT_EQ(b.charges.tokens, 16);
  EXPECT_EQ(a.charges.computed_tokens + b.charges.computed_tokens, 16);
  EXPECT_EQ(world_->size(), 1 + 3);
}

Co<void> AskTwice(std::shared_ptr<World> world, Charges* charges) {
  Walker walker(world);
  for (int i = 0; i < 2; ++i) {
    const Step* step = co_await walker.Child(kRootStep, 1);
    const std::optional<float> score = co_await walker.Score(step->id);
    EXPECT_EQ(score, 0.9F);
  }
  *charges = walker.charges();
}

TEST_F(WorldTest, OneWalkerIsChargedOncePerChild) {
  Charges charges;
  rounds_.Spawn(AskTwice(world_, &charges));
  rounds_.Run();
  EXPECT_EQ(charges.tokens, 8);
  EXPECT_EQ(charges.steps, 1);
  EXPECT_EQ(charges.scored_steps, 1);
}

Co<void> ScoreTheEnds(std::shared_ptr<World> world, Charges* charges) {
  Walker walker(world);
  const Step* first = co_await walker.Child(kRootStep, 1);
  const Step* second = co_await walker.Child(first->id, 1);
  const Step* other = co_await walker.Child(first->id, 2);
  co_await walker.Score(second->id);
  co_await walker.Score(other->id);
  *charges = walker.charges();
}

TEST_F(WorldTest, AScorerReadsThePathToAStepAndWhatPathsShareOnce) {
  Charges charges;
  rounds_.Spawn(ScoreTheEnds(world_, &charges));
  rounds_.Run();
  EXPECT_EQ(charges.scored_steps, 2);
  EXPECT_EQ(charges.scored_tokens, 8 + 8 + 8);
}

TEST_F(WorldTest, WhatTheWorldCannotSayIsNotRecorded) {
  Walk a, b;
  rounds_.Spawn(Follow(world_, {2, 1}, false, &a));
  rounds_.Spawn(Follow(world_, {2, 1}, false, &b));  // waits for the same nothing
  rounds_.Run();
  for (const Walk& walk : {a, b}) {
    EXPECT_EQ(walk.lines.size(), 1);
    EXPECT_TRUE(walk.charges.not_recorded);
    EXPECT_EQ(walk.charges.tokens, 9);
  }
}

TEST_F(WorldTest, WalkersHandTheirNumbersOn) {
  std::optional<Walker> a(world_), b(world_);
  const std::shared_ptr<World> other_world = worlds_.Open(Pens(1), 0);
  const Walker elsewhere(other_world);
  EXPECT_EQ(a->id(), 0);
  EXPECT_EQ(b->id(), 1);
  EXPECT_EQ(elsewhere.id(), 2);  // one engine, many worlds
  a.reset();
  EXPECT_EQ(Walker(world_).id(), 0);
}

TEST_F(WorldTest, AComputationThatFailsLeavesNobodyWaiting) {
  bool broken = true;
  Script script = TableScript(kTree);
  const auto write = script.step;
  script.step = [&](const StepAddress& at) {
    if (broken) throw Error("the model broke");
    return write(at);
  };
  ScriptedWorlds worlds({.rounds = &rounds_, .task = task_.get()}, script);
  world_ = worlds.Open(Pens(), 0);
  Walk a, b;
  rounds_.Spawn(Follow(world_, {1}, false, &a));
  rounds_.Spawn(Follow(world_, {1}, false, &b));
  EXPECT_THROW(rounds_.Run(), Error);
  broken = false;
  EXPECT_EQ(Go({1}, false).lines.size(), 1);
}

// Says which steps it was told to leave out.
class NotingGrower : public Grower {
 public:
  Co<std::optional<RawStep>> Grow(Request request) override {
    std::string line = fmt::format("{}", fmt::join(request.path, "."));
    for (const RawStep* elder : request.excluded) line += " not " + elder->text.substr(0, 1);
    grown.push_back(line);
    RawStep raw = ScriptedStep(std::string(1, static_cast<char>('a' + request.path.back())) + "\n");
    raw.draw_log_probs = {-1, -1};
    co_return raw;
  }
  Co<std::optional<Score>> Judge(std::vector<int>, ScoreRequest) override { co_return Score{}; }

  std::vector<std::string> grown;
};

TEST_F(WorldTest, ADistinctChildComesAfterItsElderSiblingsAndLeavesThemOut) {
  const auto grower = std::make_shared<NotingGrower>();
  world_ = std::make_shared<World>(WorldParts{.rounds = &rounds_,
                                              .task = task_.get(),
                                              .grower = grower,
                                              .prompt = llm::Extend(nullptr, {1}),
                                              .distinct_siblings = true});
  const Walk third = Go({3}, /*scored=*/false);
  EXPECT_EQ(third.charges.tokens, 2);  // its own: nobody asked for the others
  Go({3, 2}, /*scored=*/false);
  EXPECT_THAT(grower->grown, ElementsAre("1", "2 not b", "3 not b not c", "3.1", "3.2 not b"));
}

}  // namespace
}  // namespace pgts::world
