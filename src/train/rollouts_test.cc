// SPDX-License-Identifier: Apache-2.0
#include "train/rollouts.h"

#include <gtest/gtest.h>

#include <memory>

#include "eval/test_environment.h"
#include "search/policy_search.h"
#include "search/uniform_policy.h"

namespace pgts::train {
namespace {

class RolloutsTest : public ::testing::Test {
 protected:
  std::vector<Rollout> Collect(std::vector<Visit> visits, int rollouts,
                               session::TermsSettings terms = {}) {
    search::UniformPolicy policy;
    search::PolicyClient client(environment_.rounds, policy);
    const search::PolicySearch searcher(client, {});
    return CollectRollouts(environment_, searcher,
                           {.visits = std::move(visits),
                            .rollouts_per_problem = rollouts,
                            .world_epochs = 2,
                            .limits = {.max_depth = 13, .max_nodes = 24, .max_width = 3},
                            .terms = terms});
  }

  eval::TinyEnvironment tiny_{{.width = 4}};
  eval::Environment environment_ = tiny_.Get();
};

std::vector<int> Actions(const Rollout& rollout) {
  std::vector<int> actions;
  for (const tree::TrajectoryStep& step : rollout.trajectory.steps) {
    actions.push_back(static_cast<int>(step.decision.action));
  }
  return actions;
}

int FirstStepTokens(const Rollout& rollout) { return rollout.trajectory.steps.at(0).tokens; }

TEST_F(RolloutsTest, ComeInTheOrderOfTheVisitsGradedAndWithFeatures) {
  // Width 4 and two rollouts each: the third problem begins where others end.
  const std::vector<Rollout> rollouts = Collect({{5}, {3}, {9}}, 2);
  std::vector<std::pair<int64_t, int>> order;
  for (const Rollout& rollout : rollouts) order.push_back({rollout.problem.index, rollout.number});
  EXPECT_EQ(order,
            (std::vector<std::pair<int64_t, int>>{{5, 0}, {5, 1}, {3, 0}, {3, 1}, {9, 0}, {9, 1}}));
  for (const Rollout& rollout : rollouts) {
    ASSERT_TRUE(rollout.trajectory.correct.has_value());
    EXPECT_EQ(*rollout.trajectory.correct,
              rollout.problem.IsRight(rollout.result.answer.value_or("")));
    EXPECT_EQ(rollout.trajectory.steps.front().features.nodes, 1);
    EXPECT_EQ(rollout.trajectory.steps.size(), static_cast<size_t>(rollout.result.actions));
  }
}

TEST_F(RolloutsTest, SearchesOfAProblemShareAWorldAndDecideApart) {
  const std::vector<Rollout> rollouts = Collect({{5}}, 3);
  EXPECT_EQ(FirstStepTokens(rollouts[0]), FirstStepTokens(rollouts[1]));
  const bool all_alike =
      Actions(rollouts[0]) == Actions(rollouts[1]) && Actions(rollouts[1]) == Actions(rollouts[2]);
  EXPECT_FALSE(all_alike);
}

TEST_F(RolloutsTest, ASearchDoesNotDependOnWhatRunsBesideIt) {
  const std::vector<Rollout> alone = Collect({{3}}, 1), among = Collect({{5}, {9}, {3}}, 1);
  EXPECT_EQ(Actions(alone[0]), Actions(among[2]));
  EXPECT_EQ(alone[0].result.charges.tokens, among[2].result.charges.tokens);
}

// What the policy saw at the end of a search: scores and log-probabilities tell worlds apart.
std::vector<float> Seen(const Rollout& rollout) {
  return rollout.trajectory.steps.back().features.node;
}

TEST_F(RolloutsTest, EarlierVisitsLeadToOtherWorldsInTurn) {
  // The model is less sure of this problem's steps than of some others'.
  const std::vector<Rollout> visits = Collect({{5, 0}, {5, 1}, {5, 2}}, 1);
  EXPECT_EQ(Seen(visits[0]), Seen(visits[2]));  // of two worlds
  EXPECT_NE(Seen(visits[0]), Seen(visits[1]));
}

TEST_F(RolloutsTest, SearchesOfAVisitShareTheirTerms) {
  const std::vector<Rollout> rollouts =
      Collect({{3}, {5}}, 2, {.token_price_min = 1e-4, .token_price_max = 1e-2});
  const auto price = [&](int i) { return rollouts[i].trajectory.token_price; };
  EXPECT_EQ(price(0), price(1));
  EXPECT_EQ(price(2), price(3));
  EXPECT_NE(price(0), price(2));
  for (int i = 0; i < 4; ++i) {
    EXPECT_GE(price(i), 1e-4);
    EXPECT_LE(price(i), 1e-2);
  }
}

}  // namespace
}  // namespace pgts::train
