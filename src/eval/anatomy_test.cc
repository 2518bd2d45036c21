// SPDX-License-Identifier: Apache-2.0
#include "eval/anatomy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/test_environment.h"
#include "search/heuristic_policy.h"
#include "world/scripted_world.h"

namespace pgts::eval {
namespace {

using tree::Action;

// Every problem's world: first answer wrong with a middling score, second right and sure. Gold: see
// TinyEnvironment's problems; here the script answers by the problem's own gold.
world::Script WrongThenRight() {
  return {.step = [](const world::StepAddress& at) -> std::optional<world::RawStep> {
            const bool right = at.path.back() == 2;
            return world::ScriptedStep("#### " + (right ? at.problem.gold : "0") + "\n");
          },
          .score = [](const world::StepAddress& at) -> std::optional<float> {
            return at.path.back() == 2 ? 0.9F : 0.5F;
          }};
}

class AnatomyTest : public ::testing::Test {
 protected:
  Anatomy DissectRule(search::HeuristicRule rule) {
    world::ScriptedWorlds worlds({.rounds = &environment_.rounds, .task = &environment_.task},
                                 WrongThenRight());
    environment_.sampled = &worlds;
    // What others grew is there to be found.
    keep_.clear();
    search::HeuristicPolicy sure({.terminate_above = 0.8F});
    search::HeuristicPolicy policy(rule);
    const tree::Limits limits{.max_depth = 3, .max_nodes = 6, .max_width = 2, .token_price = 0.001};
    const ProblemSet problems{.split = task::Split::kValidation, .indices = {0, 1, 2}};
    for (const int64_t index : problems.indices) {
      const task::Problem problem = environment_.task.Get(problems.split, index);
      keep_.push_back(worlds.Open(problem, problems.epoch));
    }
    Dissect(environment_, {.policy = &sure, .problems = problems, .limits = limits});
    return Dissect(environment_, {.policy = &policy, .problems = problems, .limits = limits});
  }

  TinyEnvironment tiny_{{.width = 4}};
  Environment environment_ = tiny_.Get();
  std::vector<std::shared_ptr<world::World>> keep_;
};

TEST_F(AnatomyTest, APolicyThatStopsAtAWrongAnswerStopsEarlyAndRegretsIt) {
  const Anatomy anatomy = DissectRule({.branch_below = 0, .terminate_above = 0.4F});
  EXPECT_EQ(anatomy.losses.problems, 3);
  EXPECT_EQ(anatomy.losses.right, 0);
  EXPECT_EQ(anatomy.losses.stopped_early, 3);
  ASSERT_EQ(anatomy.groups.size(), 3u);  // a state each, at an answer
  const ForkGroup& group = anatomy.groups.front();
  EXPECT_EQ(group.place, "at an answer");
  EXPECT_EQ(group.Best(), Action::kBranch);
  EXPECT_GT(anatomy.regret, 0.9);
  EXPECT_THAT(AnatomyText(anatomy), ::testing::HasSubstr("the policy stopped"));
  EXPECT_EQ(ToJson(anatomy)["stopped_early"], 3);
}

TEST_F(AnatomyTest, APolicyThatFindsTheRightAnswerRegretsNothing) {
  const Anatomy anatomy = DissectRule({.branch_below = 0, .terminate_above = 0.8F});
  EXPECT_EQ(anatomy.losses.right, 3);
  EXPECT_NEAR(anatomy.regret, 0, 1e-9);
}

}  // namespace
}  // namespace pgts::eval
