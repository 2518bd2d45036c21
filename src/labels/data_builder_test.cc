// SPDX-License-Identifier: Apache-2.0
#include "labels/data_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/temp_folder.h"
#include "labels/test_fakes.h"
#include "labels/trl.h"
#include "llm/client.h"
#include "llm/scripted_generator.h"
#include "task/word_problems.h"
#include "world/store.h"
#include "world/world_source.h"

namespace pgts::labels {
namespace {

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

// Builds data of one folder again and again.
class DataBuilderTest : public testing::Test {
 protected:
  StepData Build(const task::Task& task) {
    Rounds rounds;
    llm::GeneratorClient client(rounds, generator_);
    world::Store store(folder_.File("world"));
    world::LiveWorlds worlds(
        {.rounds = &rounds, .task = &task, .generator = &client, .store = &store},
        {.sampling = {.separator = "\n"}});
    plan_.world_key = worlds.WorldKey(plan_.epoch);
    return BuildStepData({rounds, worlds, task}, generator_.tokenizer(), plan_,
                         folder_.File("reward_data"));
  }
  StepData Build() { return Build(task_); }

  // Writes a file of imports: one solution, with its second step wrong where there is one.
  std::string Import(const std::string& name, const std::string& question, int steps = 1) {
    TrlSolution solution{question, {"1+1=2", "2+2=5"}, {1, 0}};
    solution.lines.resize(steps);
    solution.labels.resize(steps);
    WriteFileAtomic(folder_.File(name), JsonText(TrlJson(solution)) + "\n");
    return folder_.File(name);
  }

  const task::WordProblems task_;
  const TempFolder folder_;
  DataPlan plan_{.data = {.train_problems = 20,
                          .validation_problems = 10,
                          .completions = 3,
                          .held_out_completions = 4,
                          .concurrent_rollouts = 16},
                 .incorrect_per_problem = 2};

 private:
  std::map<std::string, task::Problem> known_;
  llm::ScriptedGenerator generator_ = ErringGenerator(task_, known_);
};

TEST_F(DataBuilderTest, RollsOutBothSplits) {
  const StepData data = Build();
  EXPECT_FALSE(data.reused);
  EXPECT_EQ(data.train_stats.rollouts, 80);
  EXPECT_EQ(data.validation_stats.rollouts, 40);
  EXPECT_EQ(Count(data.train).problems, 20);
  EXPECT_EQ(data.train.size(), 80u + 20u * 3u);
  EXPECT_GT(data.train_stats.RightShare(), 0.2);
  EXPECT_LT(data.train_stats.RightShare(), 0.95);
  EXPECT_GT(data.train_stats.computed_tokens, 0);
}

TEST_F(DataBuilderTest, HeldOutDataIsTheGeneratorsOwnWithExactTruth) {
  for (const LabelledSolution& solution : Build().validation) {
    ASSERT_EQ(solution.source, Source::kRollout);
    ASSERT_TRUE(solution.steps.front().exact.has_value());
    for (const LabelledStep& step : solution.steps) {
      ASSERT_TRUE(solution.grade == 0 || step.label == 1);  // a right rollout's steps are right
    }
  }
}

TEST_F(DataBuilderTest, ItsFilesServeAgainAndWithoutThemTheStoredWorld) {
  const StepData first = Build();
  const StepData again = Build();
  EXPECT_TRUE(again.reused);
  EXPECT_EQ(again.train.size(), first.train.size());
  std::filesystem::remove_all(folder_.File("reward_data"));
  const StepData regrown = Build();
  EXPECT_FALSE(regrown.reused);
  EXPECT_EQ(regrown.train_stats.computed_tokens, 0);
  EXPECT_EQ(regrown.train_stats.tokens, first.train_stats.tokens);
  ASSERT_EQ(regrown.train.size(), first.train.size());
  for (size_t i = 0; i < first.train.size(); ++i) {
    ASSERT_EQ(JsonText(ToJson(regrown.train[i])), JsonText(ToJson(first.train[i])));
  }
}

TEST_F(DataBuilderTest, ImportsJoinTheTrainingDataUnlessTheirProblemIsHeldOut) {
  const size_t own = Build().train.size();
  const std::string held_out = task_.Get(task::Split::kValidation, 3).question;
  plan_.data.import_files = {Import("other.jsonl", "Another?"),
                             Import("held_out.jsonl", " " + held_out + "\n")};
  const StepData data = Build();
  EXPECT_FALSE(data.reused);
  ASSERT_EQ(data.train.size(), own + 1);
  EXPECT_EQ(data.train.back().source, Source::kImport);
  EXPECT_EQ(data.train.back().steps.front().label, 1);
}

TEST_F(DataBuilderTest, WhatIsImportedAsHeldOutIsNotTrainedOn) {
  const StepData own = Build();
  plan_.data.import_files = {Import("train.jsonl", "Another?")};
  plan_.data.held_out_import_files = {Import("held_out.jsonl", "Another?", /*steps=*/2)};
  const StepData data = Build();
  EXPECT_EQ(data.train.size(), own.train.size());
  ASSERT_EQ(data.validation.size(), own.validation.size() + 1);
  EXPECT_EQ(data.validation.back().grade, 0);
  EXPECT_EQ(data.validation.back().steps.front().label, 1);
  // Nor is a problem that the task trains on.
  const std::string trained = task_.Get(task::Split::kTrain, 0).question;
  plan_.data.held_out_import_files = {Import("trained.jsonl", trained)};
  for (const LabelledSolution& solution : Build().train) {
    EXPECT_FALSE(solution.index == 0 && solution.source != Source::kImport);
  }
}

TEST_F(DataBuilderTest, ImportsAloneWillDo) {
  plan_.data.train_problems = plan_.data.validation_problems = 0;
  plan_.data.import_files = {Import("trained.jsonl", task_.Get(task::Split::kTrain, 0).question)};
  plan_.data.held_out_import_files = {Import("held_out.jsonl", "Another?", /*steps=*/2)};
  const StepData data = Build();
  EXPECT_EQ(data.train.size(), 1u);
  EXPECT_EQ(data.validation.size(), 1u);
}

TEST_F(DataBuilderTest, OtherOptionsAnswersOrPromptsMakeOtherData) {
  Build();
  plan_.data.completions = 2;
  EXPECT_FALSE(Build().reused);
  EXPECT_TRUE(Build().reused);
  EXPECT_FALSE(Build(OtherAnswers()).reused);
  EXPECT_FALSE(Build().reused);
  EXPECT_FALSE(Build(OtherPrompt()).reused);
}

TEST_F(DataBuilderTest, LabelsOfAnotherPromptAreNoLabelsOfThisOneImportedOnesNeither) {
  plan_.data.train_problems = plan_.data.validation_problems = 0;
  plan_.data.import_files = {Import("trained.jsonl", task_.Get(task::Split::kTrain, 0).question)};
  EXPECT_FALSE(Build(OtherPrompt()).reused);
  EXPECT_FALSE(Build().reused);
  EXPECT_TRUE(Build().reused);
}

}  // namespace
}  // namespace pgts::labels
