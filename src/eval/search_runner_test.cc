// SPDX-License-Identifier: Apache-2.0
#include "eval/search_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "search/cot.h"
#include "task/word_problems.h"
#include "world/scripted_world.h"

namespace pgts::eval {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Le;

// A chain says "x" once for each number up to its problem's, then the gold answer.
world::Script LongerAndLonger() {
  return {.step = [](const world::StepAddress& at) -> std::optional<world::RawStep> {
    if (static_cast<int64_t>(at.path.size()) <= at.problem.index) return world::ScriptedStep("x\n");
    return world::ScriptedStep("#### " + at.problem.gold + "\n");
  }};
}

// Remembers what was opened.
class WatchedWorlds : public world::WorldSource {
 public:
  explicit WatchedWorlds(world::WorldSource& worlds) : worlds_(worlds) {}
  std::shared_ptr<world::World> Open(const task::Problem& problem, int epoch) override {
    std::shared_ptr<world::World> world = worlds_.Open(problem, epoch);
    opened_.push_back(world);
    return world;
  }
  size_t opened() const { return opened_.size(); }
  int64_t InMemory() const {
    return std::ranges::count_if(opened_, [](const auto& world) { return !world.expired(); });
  }

 private:
  world::WorldSource& worlds_;
  std::vector<std::weak_ptr<world::World>> opened_;
};

class SearchRunnerTest : public ::testing::Test {
 protected:
  void Run(std::vector<SearchJob> jobs, int width, int chains = 1) {
    const search::ChainOfThought searcher({.chains = chains});
    RunSearches({.rounds = rounds_, .task = task_, .width = width},
                {.searcher = &searcher,
                 .worlds = &worlds_,
                 .jobs = jobs,
                 .limits = {.max_depth = 50},
                 .with_texts = true,
                 .on_begin = [this](size_t job) { begun_.push_back(job); },
                 .on_finished =
                     [this](FinishedSearch search) {
                       begun_before_.push_back(begun_.size());
                       in_memory_.push_back(worlds_.InMemory());
                       finished_.push_back(std::move(search));
                       if (!keep_) finished_.back().world.reset();
                     }});
  }

  std::vector<size_t> Finished() const {
    std::vector<size_t> jobs;
    for (const FinishedSearch& search : finished_) jobs.push_back(search.job);
    return jobs;
  }

  task::WordProblems task_;
  Rounds rounds_;
  world::ScriptedWorlds scripted_{{.rounds = &rounds_, .task = &task_}, LongerAndLonger()};
  WatchedWorlds worlds_{scripted_};
  bool keep_ = false;  // the worlds of finished_
  std::vector<FinishedSearch> finished_;
  std::vector<size_t> begun_, begun_before_;  // before each hand-over
  std::vector<int64_t> in_memory_;            // worlds, at each hand-over
};

TEST_F(SearchRunnerTest, HandsOverInTheOrderOfTheJobsWhoeverEndsFirst) {
  Run({{.problem = 9}, {.problem = 0}, {.problem = 1}, {.problem = 2}}, /*width=*/2);
  EXPECT_THAT(Finished(), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(begun_before_[0], 4u);  // the others ended beside the first
  for (const FinishedSearch& search : finished_) {
    EXPECT_EQ(search.result.answer, search.problem.gold);
    EXPECT_EQ(search.result.depth, search.problem.index + 1);
  }
}

TEST_F(SearchRunnerTest, TrajectoriesComeGradedAndWithTheirTexts) {
  Run({{.problem = 1}}, 1);
  ASSERT_EQ(finished_[0].trajectories.size(), 1u);
  const tree::Trajectory& trajectory = finished_[0].trajectories[0];
  EXPECT_EQ(trajectory.correct, true);
  ASSERT_EQ(trajectory.steps.size(), 2u);
  EXPECT_EQ(trajectory.steps[0].grown->text, "x\n");
  EXPECT_EQ(trajectory.steps[0].grown->correct, std::nullopt);
  EXPECT_EQ(trajectory.steps[1].grown->text, "#### " + finished_[0].problem.gold + "\n");
  EXPECT_EQ(trajectory.steps[1].grown->correct, true);
}

TEST_F(SearchRunnerTest, SearchesOfOneProblemAndEpochShareAWorld) {
  keep_ = true;
  Run({{.problem = 3}, {.problem = 1}, {.problem = 3}, {.problem = 3, .epoch = 0}}, /*width=*/1);
  EXPECT_EQ(finished_[0].world, finished_[2].world);
  EXPECT_GT(finished_[0].result.charges.computed_tokens, 0);
  EXPECT_EQ(finished_[2].result.charges.computed_tokens, 0);
  EXPECT_NE(finished_[0].world, finished_[3].world);
}

TEST_F(SearchRunnerTest, AWorldIsKeptForItsLastSearch) {
  Run({{.problem = 3}, {.problem = 1}, {.problem = 3}}, /*width=*/1);
  EXPECT_EQ(finished_[2].result.charges.computed_tokens, 0);
  EXPECT_EQ(worlds_.opened(), 2u);
}

TEST_F(SearchRunnerTest, WorldsThatEndedLeaveMemory) {
  std::vector<SearchJob> jobs;
  for (int i = 0; i < 1000; ++i) jobs.push_back({.problem = i % 8, .epoch = i});
  Run(jobs, /*width=*/4);
  EXPECT_EQ(worlds_.opened(), 1000u);
  EXPECT_THAT(in_memory_, Each(Le(16)));
  EXPECT_EQ(worlds_.InMemory(), 0);
}

TEST_F(SearchRunnerTest, AsManyWalkersAreOutAsThereArePlaces) {
  Run({{.problem = 3}, {.problem = 3, .epoch = 1}, {.problem = 3, .epoch = 2}}, /*width=*/5,
      /*chains=*/2);
  EXPECT_THAT(begun_, ElementsAre(0, 1, 2));
  EXPECT_EQ(begun_before_[0], 2u);
}

}  // namespace
}  // namespace pgts::eval
