// SPDX-License-Identifier: Apache-2.0
#include "labels/monte_carlo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "base/error.h"
#include "labels/corruption.h"
#include "labels/test_fakes.h"
#include "task/word_problems.h"
#include "world/scripted_world.h"

namespace pgts::labels {
namespace {

using Path = std::vector<int>;

// One problem with gold answer 46, whatever its number.
class OneProblem : public task::Task {
 public:
  std::string_view name() const override { return "one"; }
  int64_t Size(task::Split) const override { return 5; }
  task::Problem Get(task::Split, int64_t index) const override {
    task::Problem problem = PensProblem();
    problem.index = index;
    problem.id = "one/" + std::to_string(index);
    return problem;
  }
  task::ProblemPrompt Prompt(const task::Problem& problem) const override {
    return {.user = problem.question};
  }
};

// A tree of steps by hand that remembers what was asked for; what is not in it is not recorded.
class HandWorlds {
 public:
  HandWorlds(Rounds& rounds, const task::Task& task, std::map<Path, world::ScriptedNode> nodes,
             bool greedy_first = false)
      : table_(world::TableScript(std::move(nodes))),
        worlds_({.rounds = &rounds, .task = &task, .greedy_first = greedy_first},
                {.step = [this](const world::StepAddress& at) {
                  asked_.insert(Path(at.path.begin(), at.path.end()));
                  return table_.step(at);
                }}) {}

  operator world::WorldSource&() { return worlds_; }
  const std::set<Path>& asked() const { return asked_; }

 private:
  world::Script table_;
  std::set<Path> asked_;
  world::ScriptedWorlds worlds_;
};

world::ScriptedNode Says(const std::string& text, llm::StepEnd end = llm::StepEnd::kSeparator) {
  return {.text = text, .end = end};
}

std::vector<std::optional<int>> Labels(const LabelledSolution& solution) {
  std::vector<std::optional<int>> labels;
  for (const LabelledStep& step : solution.steps) labels.push_back(step.label);
  return labels;
}

std::vector<std::pair<int, int>> Evidence(const LabelledSolution& solution) {
  std::vector<std::pair<int, int>> evidence;
  for (const LabelledStep& step : solution.steps) evidence.push_back({step.right, step.tried});
  return evidence;
}

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(RolloutsTest, LabelsByHand) {
  Rounds rounds;
  const OneProblem task;
  HandWorlds worlds(rounds, task,
                    {// Right: no completion is asked for.
                     {{1}, Says("14+9=23\n")},
                     {{1, 1}, Says("23*2=46\n")},
                     {{1, 1, 1}, Says("#### 46\n")},
                     // Wrong, but both first steps can still reach the answer.
                     {{2}, Says("14+9=24\n")},
                     {{2, 1}, Says("24*2=48\n")},
                     {{2, 1, 1}, Says("#### 48\n")},
                     {{2, 1, 2}, Says("#### 48\n")},
                     {{2, 1, 3}, Says("#### 46\n")},
                     {{2, 2}, Says("no, 46\n")},
                     {{2, 2, 1}, Says("#### 46\n")},
                     // Dead without a word: the step before it is judged by completions.
                     {{3}, Says("hm\n")},
                     {{3, 1}, Says("", llm::StepEnd::kEndOfText)},
                     {{3, 2}, Says("#### 1\n")},
                     {{3, 3}, Says("#### 2\n")}});
  const RolloutData data =
      SampleRollouts({rounds, worlds, task}, {.rollouts = 3, .completions = 3, .max_depth = 6});
  ASSERT_EQ(data.solutions.size(), 3u);

  EXPECT_THAT(Labels(data.solutions[0]), ElementsAre(1, 1, 1));
  EXPECT_THAT(Evidence(data.solutions[0]), ElementsAre(Pair(1, 1), Pair(1, 1), Pair(1, 1)));
  EXPECT_EQ(data.solutions[0].grade, 1);

  EXPECT_THAT(Labels(data.solutions[1]), ElementsAre(1, 1, 0));
  EXPECT_THAT(Evidence(data.solutions[1]), ElementsAre(Pair(1, 2), Pair(1, 3), Pair(0, 1)));
  EXPECT_EQ(data.solutions[1].grade, 0);
  EXPECT_EQ(data.solutions[1].steps[0].tokens, Bytes("14+9=24\n"));
  EXPECT_EQ(data.solutions[1].prompt, Bytes(PensProblem().question + "\n"));

  EXPECT_THAT(Labels(data.solutions[2]), ElementsAre(0));
  EXPECT_THAT(Evidence(data.solutions[2]), ElementsAre(Pair(0, 3)));

  EXPECT_FALSE(worlds.asked().contains(Path{1, 2}));
  EXPECT_FALSE(worlds.asked().contains(Path{2, 3}));  // settled before
  EXPECT_EQ(data.stats.rollouts, 3);
  EXPECT_EQ(data.stats.answered, 2);
  EXPECT_EQ(data.stats.right, 1);
  EXPECT_EQ(data.stats.steps, 7);
  EXPECT_EQ(data.stats.completions, 5);
  EXPECT_EQ(data.stats.right_completions, 2);
  EXPECT_EQ(data.stats.answers_with_separator, 2);
  EXPECT_EQ(data.stats.not_recorded, 0);
}

// Rollouts 1·1 (greedy) and 2·2; the greedy step below 2 is the first of its completions.
TEST(RolloutsTest, WhereGreedyStepsComeFirstTheGreedyChainIsTheFirstRollout) {
  Rounds rounds;
  const OneProblem task;
  HandWorlds worlds(rounds, task,
                    {{{1}, Says("14+9=23\n")},
                     {{1, 1}, Says("#### 46\n")},
                     {{2}, Says("14+9=24\n")},
                     {{2, 2}, Says("#### 48\n")},
                     {{2, 1}, Says("#### 47\n")},
                     {{2, 3}, Says("#### 46\n")}},
                    /*greedy_first=*/true);
  const RolloutData data =
      SampleRollouts({rounds, worlds, task}, {.rollouts = 2, .completions = 3, .max_depth = 6});
  ASSERT_EQ(data.solutions.size(), 2u);
  EXPECT_EQ(data.solutions[0].grade, 1);
  EXPECT_THAT(Evidence(data.solutions[1]), ElementsAre(Pair(1, 3), Pair(0, 1)));
  EXPECT_THAT(worlds.asked(),
              ElementsAre(Path{1}, Path{1, 1}, Path{2}, Path{2, 1}, Path{2, 2}, Path{2, 3}));
}

TEST(RolloutsTest, SoftLabelsAreTheShareOfRightCompletions) {
  Rounds rounds;
  const OneProblem task;
  HandWorlds worlds(rounds, task,
                    {{{1}, Says("14+9=23\n")},
                     {{1, 1}, Says("#### 46\n")},
                     {{1, 2}, Says("#### 23\n")},
                     {{1, 3}, Says("#### 46\n")},
                     {{1, 4}, Says("#### 47\n")}});
  const RolloutData data =
      SampleRollouts({rounds, worlds, task},
                     {.rollouts = 1, .completions = 4, .max_depth = 6, .soft_labels = true});
  ASSERT_EQ(data.solutions.size(), 1u);
  const std::vector<LabelledStep>& steps = data.solutions[0].steps;
  EXPECT_EQ(steps[0].label, 1);
  EXPECT_EQ(steps[0].soft, 0.5);  // of four, all tried though the first was right
  EXPECT_EQ(steps[1].soft, 1);    // the outcome

  const LabelledSolution back = SolutionFromJson(ToJson(data.solutions[0]), "line");
  EXPECT_EQ(back.steps[0].Target(), 0.5);
}

TEST(RolloutsTest, AfterAStepThatCannotBeMendedTheRestIsWrongWithoutCompletions) {
  Rounds rounds;
  const OneProblem task;
  HandWorlds worlds(rounds, task,
                    {{{1}, Says("14+9=23\n")},
                     {{1, 1}, Says("23-2=21\n")},
                     {{1, 1, 1}, Says("21*2=42\n")},
                     {{1, 1, 1, 1}, Says("#### 42\n")},
                     {{1, 2}, Says("#### 46\n")},
                     {{1, 1, 2}, Says("#### 21\n")}});
  const RolloutData data =
      SampleRollouts({rounds, worlds, task},
                     {.rollouts = 1, .completions = 2, .max_depth = 6, .infer_after_wrong = true});
  ASSERT_EQ(data.solutions.size(), 1u);
  EXPECT_THAT(Labels(data.solutions[0]), ElementsAre(1, 0, 0, 0));
  EXPECT_THAT(Evidence(data.solutions[0]),
              ElementsAre(Pair(1, 2), Pair(0, 2), Pair(0, 0), Pair(0, 0)));
  EXPECT_FALSE(worlds.asked().contains(Path{1, 1, 1, 2}));
}

TEST(RolloutsTest, AnOutcomeAloneLabelsTheLastStepOrWeaklyAll) {
  Rounds rounds;
  const OneProblem task;
  HandWorlds worlds(rounds, task,
                    {{{1}, Says("14+9=23\n")},
                     {{1, 1}, Says("#### 46\n")},
                     {{2}, Says("14+9=24\n")},
                     {{2, 1}, Says("#### 48\n")}});
  const auto label = [&](bool outcome_for_all) {
    return SampleRollouts({rounds, worlds, task}, {.rollouts = 2,
                                                   .completions = 1,
                                                   .max_depth = 6,
                                                   .infer_after_wrong = true,
                                                   .outcome_for_all = outcome_for_all})
        .solutions;
  };
  const auto last = label(false), all = label(true);
  ASSERT_EQ(last.size(), 2u);
  EXPECT_THAT(Labels(last[0]), ElementsAre(std::nullopt, 1));
  EXPECT_THAT(Labels(last[1]), ElementsAre(std::nullopt, 0));
  EXPECT_EQ(last[0].steps[0].tried, 0);
  EXPECT_THAT(Labels(all[0]), ElementsAre(1, 1));
  EXPECT_THAT(Labels(all[1]), ElementsAre(0, 0));
}

TEST(RolloutsTest, WithoutAnAnswerWithinMaxDepthARolloutIsWrong) {
  Rounds rounds;
  const OneProblem task;
  std::map<Path, world::ScriptedNode> steps;
  for (int depth = 1; depth <= 3; ++depth) {
    steps[Path(depth, 1)] = Says("x\n", llm::StepEnd::kMaxTokens);
    Path other(depth, 1);
    other.back() = 2;
    steps[other] = Says("#### 5\n");
  }
  HandWorlds worlds(rounds, task, steps);
  const RolloutData data =
      SampleRollouts({rounds, worlds, task}, {.rollouts = 1, .completions = 2, .max_depth = 3});
  ASSERT_EQ(data.solutions.size(), 1u);
  EXPECT_THAT(Labels(data.solutions[0]), ElementsAre(0, 0, 0));
  EXPECT_EQ(data.stats.answered, 0);
  EXPECT_DOUBLE_EQ(data.stats.CutOffRate(), 1);
  EXPECT_DOUBLE_EQ(data.stats.ExtractionRate(), 0);
}

TEST(RolloutsTest, WhatAStoredWorldCannotSayIsLeftOut) {
  Rounds rounds;
  const OneProblem task;
  HandWorlds worlds(rounds, task, {{{1}, Says("#### 46\n")}, {{2}, Says("#### 4\n")}});
  const RolloutData data =
      SampleRollouts({rounds, worlds, task}, {.rollouts = 3, .completions = 2});
  EXPECT_EQ(data.solutions.size(), 2u);
  EXPECT_EQ(data.stats.not_recorded, 1);
}

TEST(RolloutsTest, AskingForMoreProblemsThanThereAreIsAnError) {
  Rounds rounds;
  const OneProblem task;
  HandWorlds worlds(rounds, task, {});
  EXPECT_THROW(SampleRollouts({rounds, worlds, task}, {.problems = 6}), Error);
}

TEST(RolloutsTest, ChunksHoldWholeProblemsAndEachBeginsAfreshAndIsKept) {
  Rounds rounds;
  const OneProblem task;
  std::vector<std::string> events;
  world::ScriptedWorlds worlds({.rounds = &rounds, .task = &task},
                               {.step = [&](const world::StepAddress& at) {
                                 if (events.back() != at.problem.id)
                                   events.push_back(at.problem.id);
                                 return world::ScriptedStep("#### 46\n");
                               }});
  const RolloutData data = SampleRollouts({.rounds = rounds,
                                           .worlds = worlds,
                                           .task = task,
                                           .before_chunk = [&] { events.push_back("before"); },
                                           .after_chunk = [&] { events.push_back("after"); }},
                                          {.problems = 5, .rollouts = 6, .concurrent = 1});
  EXPECT_THAT(events, ElementsAre("before", "one/0", "one/1", "after", "before", "one/2", "one/3",
                                  "one/4", "after"));
  EXPECT_EQ(data.solutions.size(), 30u);
  EXPECT_EQ(data.solutions.back().problem, "one/4");
}

}  // namespace
}  // namespace pgts::labels
