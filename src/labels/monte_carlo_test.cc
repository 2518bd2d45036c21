// SPDX-License-Identifier: Apache-2.0
#include "labels/monte_carlo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"
#include "labels/corruption.h"
#include "labels/data_builder.h"
#include "labels/test_fakes.h"
#include "labels/trl.h"
#include "llm/client.h"
#include "llm/scripted_generator.h"
#include "task/word_problems.h"
#include "world/scripted_world.h"
#include "world/store.h"

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

// A generator that solves word problems and sometimes errs.
llm::ScriptedGenerator ErringGenerator(const task::WordProblems& task,
                                       std::map<std::string, task::Problem>& known) {
  for (const task::Split split : {task::Split::kTrain, task::Split::kValidation}) {
    for (int64_t i = 0; i < 20; ++i) {
      const task::Problem problem = task.Get(split, i);
      known[problem.question] = problem;
    }
  }
  return llm::ScriptedGenerator([&known](std::string_view text, const Key& draw) {
    const size_t question = text.find('\n');
    const task::Problem& problem = known.at(std::string(text.substr(0, question)));
    const auto lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) - 1;
    const std::vector<std::string> right = SolutionLines(problem);
    std::string line = lines < right.size() ? right[lines] : "#### 0";
    if (draw.Uniform(0) < 0.15) line.back() = line.back() == '1' ? '2' : '1';
    return llm::ScriptedStep{.text = line + "\n"};
  });
}

class OtherAnswers : public task::WordProblems {
 public:
  task::Problem Get(task::Split split, int64_t index) const override {
    task::Problem problem = WordProblems::Get(split, index);
    problem.gold += "1";
    return problem;
  }
};

class OtherPrompt : public task::WordProblems {
 public:
  task::ProblemPrompt Prompt(const task::Problem& problem) const override {
    return {.user = problem.question + "\nThink."};
  }
};

TEST(DataBuilderTest, WritesBothSplitsAndReadsThemBack) {
  const task::WordProblems task;
  std::map<std::string, task::Problem> known;
  llm::ScriptedGenerator generator = ErringGenerator(task, known);
  const TempFolder folder;
  DataPlan plan{.data = {.train_problems = 20,
                         .validation_problems = 10,
                         .completions = 3,
                         .held_out_completions = 4,
                         .concurrent_rollouts = 16},
                .incorrect_per_problem = 2};

  const task::Task* asked = &task;
  const auto build = [&] {
    Rounds rounds;
    llm::GeneratorClient client(rounds, generator);
    world::Store store(folder.File("world"));
    world::LiveWorlds worlds(
        {.rounds = &rounds, .task = asked, .generator = &client, .store = &store},
        {.sampling = {.separator = "\n"}});
    plan.world_key = worlds.WorldKey(plan.epoch);
    return BuildStepData({rounds, worlds, *asked}, generator.tokenizer(), plan,
                         folder.File("reward_data"));
  };
  const StepData first = build();
  EXPECT_FALSE(first.reused);
  EXPECT_EQ(first.train_stats.rollouts, 80);
  EXPECT_EQ(first.validation_stats.rollouts, 40);
  EXPECT_EQ(Count(first.train).problems, 20);
  EXPECT_EQ(first.train.size(), 80u + 20u * 3u);
  EXPECT_GT(first.train_stats.RightShare(), 0.2);
  EXPECT_LT(first.train_stats.RightShare(), 0.95);
  EXPECT_GT(first.train_stats.computed_tokens, 0);
  // Held-out data holds the generator's own solutions only, and exact truth where there is one.
  for (const LabelledSolution& solution : first.validation) {
    ASSERT_EQ(solution.source, Source::kRollout);
    ASSERT_TRUE(solution.steps.front().exact.has_value());
    for (const LabelledStep& step : solution.steps) {
      ASSERT_TRUE(solution.grade == 0 || step.label == 1);  // a right rollout's steps are right
    }
  }

  // The files serve again; without them the worlds are read back and nothing is generated.
  const StepData again = build();
  EXPECT_TRUE(again.reused);
  EXPECT_EQ(again.train.size(), first.train.size());
  std::filesystem::remove_all(folder.File("reward_data"));
  const StepData regrown = build();
  EXPECT_FALSE(regrown.reused);
  EXPECT_EQ(regrown.train_stats.computed_tokens, 0);
  EXPECT_EQ(regrown.train_stats.tokens, first.train_stats.tokens);
  ASSERT_EQ(regrown.train.size(), first.train.size());
  for (size_t i = 0; i < first.train.size(); ++i) {
    ASSERT_EQ(JsonText(ToJson(regrown.train[i])), JsonText(ToJson(first.train[i])));
  }
  // Imported solutions join the training data, but for those of held-out problems.
  const std::string held_out = task.Get(task::Split::kValidation, 3).question;
  WriteFileAtomic(folder.File("import.jsonl"),
                  JsonText(TrlJson({"Another?", {"1+1=2"}, {1}})) + "\n" +
                      JsonText(TrlJson({" " + held_out + "\n", {"1+1=2"}, {1}})) + "\n");
  plan.data.import_files = {folder.File("import.jsonl")};
  const StepData with_import = build();
  EXPECT_FALSE(with_import.reused);
  ASSERT_EQ(with_import.train.size(), first.train.size() + 1);
  EXPECT_EQ(with_import.train.back().source, Source::kImport);
  EXPECT_EQ(with_import.train.back().steps.front().label, 1);
  // Or the held-out data, and then their questions are not trained on.
  WriteFileAtomic(folder.File("held_out.jsonl"),
                  JsonText(TrlJson({"Another?", {"1+1=2", "2+2=5"}, {1, 0}})) + "\n");
  plan.data.held_out_import_files = {folder.File("held_out.jsonl")};
  const StepData both = build();
  EXPECT_EQ(both.train.size(), first.train.size());
  ASSERT_EQ(both.validation.size(), first.validation.size() + 1);
  EXPECT_EQ(both.validation.back().grade, 0);
  EXPECT_EQ(both.validation.back().steps.front().label, 1);
  // A held-out question that the task trains on is trained on no more.
  const std::string trained = task.Get(task::Split::kTrain, 0).question;
  WriteFileAtomic(folder.File("trained.jsonl"),
                  JsonText(TrlJson({trained, {"1+1=2"}, {1}})) + "\n");
  plan.data.held_out_import_files = {folder.File("trained.jsonl")};
  for (const LabelledSolution& solution : build().train) {
    EXPECT_FALSE(solution.index == 0 && solution.source != Source::kImport);
  }
  // Imports alone.
  plan.data.held_out_import_files = {folder.File("held_out.jsonl")};
  plan.data.import_files = {folder.File("trained.jsonl")};
  const DataOptions whole = plan.data;
  plan.data.train_problems = plan.data.validation_problems = 0;
  const StepData imports = build();
  EXPECT_EQ(imports.train.size(), 1u);
  EXPECT_EQ(imports.validation.size(), 1u);
  plan.data = whole;
  plan.data.import_files.clear();
  plan.data.held_out_import_files.clear();
  // Other options make other data, and so do other answers.
  plan.data.completions = 2;
  EXPECT_FALSE(build().reused);
  EXPECT_TRUE(build().reused);
  const OtherAnswers other_answers;
  asked = &other_answers;
  EXPECT_FALSE(build().reused);
  // Labels of another prompt are no labels of this one, imported ones neither.
  const OtherPrompt other_prompt;
  asked = &task;
  EXPECT_FALSE(build().reused);
  asked = &other_prompt;
  EXPECT_FALSE(build().reused);
  plan.data.train_problems = plan.data.validation_problems = 0;
  plan.data.import_files = {folder.File("trained.jsonl")};
  EXPECT_FALSE(build().reused);
  asked = &task;
  EXPECT_FALSE(build().reused);
  EXPECT_TRUE(build().reused);
}

}  // namespace
}  // namespace pgts::labels
