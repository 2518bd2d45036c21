// SPDX-License-Identifier: Apache-2.0
#include "policy/returns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/error.h"
#include "policy/return_statistics.h"
#include "policy/toy_world.h"

namespace pgts::policy {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using tree::Action;

// Two decisions: an Expand of 100 tokens from the root to a node of score 0.8, then Terminate with
// the right answer.
tree::Trajectory TwoSteps() {
  tree::Trajectory trajectory;
  trajectory.steps.resize(2);
  trajectory.steps[0].decision = {.action = Action::kExpand, .value = 1};
  trajectory.steps[0].tokens = 100;
  trajectory.steps[0].potential_before = 0.5F;
  trajectory.steps[0].potential_after = 0.8F;
  trajectory.steps[1].decision = {.action = Action::kTerminate, .value = 3};
  trajectory.steps[1].potential_before = 0.8F;
  trajectory.steps[1].potential_after = 0;
  trajectory.answer = tree::Answer{.text = "4"};
  trajectory.correct = true;
  return trajectory;
}

const RewardOptions kByHand{.step_penalty = -1,
                            .token_cost = 0.01,
                            .score_weight = 2,
                            .final_reward_correct = 10,
                            .final_reward_incorrect = -5,
                            .discount_gamma = 0.5,
                            .gae_lambda = 0.5};

// r0 = -1 - 0.01 * 100 + 2 (0.5 * 0.8 - 0.5) = -2.2
// r1 = -1 + 2 (0 - 0.8) + 10 = 7.4
TEST(RewardsTest, ByHand) {
  EXPECT_THAT(Rewards(TwoSteps(), kByHand),
              ElementsAre(DoubleNear(-2.2, 1e-6), DoubleNear(7.4, 1e-6)));
}

// A right answer is worth 10 - -5; 100 tokens at 0.001 of it cost 1.5 more.
TEST(RewardsTest, APriceIsInRightAnswers) {
  tree::Trajectory trajectory = TwoSteps();
  trajectory.token_price = 0.001;
  EXPECT_THAT(Rewards(trajectory, kByHand),
              ElementsAre(DoubleNear(-3.7, 1e-6), DoubleNear(7.4, 1e-6)));
}

TEST(RewardsTest, WrongOrMissingAnswerEarnsTheOtherReward) {
  tree::Trajectory trajectory = TwoSteps();
  trajectory.correct = false;
  EXPECT_NEAR(Rewards(trajectory, kByHand)[1], -7.6, 1e-6);
  trajectory.answer.reset();
  trajectory.correct.reset();
  EXPECT_NEAR(Rewards(trajectory, kByHand)[1], -7.6, 1e-6);
}

TEST(RewardsTest, UngradedAnswerIsRefused) {
  tree::Trajectory trajectory = TwoSteps();
  trajectory.correct.reset();
  EXPECT_THROW(Rewards(trajectory, kByHand), Error);
}

TEST(RewardsTest, ActionsMayCost) {
  RewardOptions options = kByHand;
  options.expand_cost = 0.1;
  options.terminate_cost = 0.25;
  EXPECT_THAT(Rewards(TwoSteps(), options),
              ElementsAre(DoubleNear(-2.3, 1e-6), DoubleNear(7.15, 1e-6)));
}

// delta1 = 7.4 - 3 = 4.4           A1 = 4.4                    return1 = 7.4
// delta0 = -2.2 + 0.5 * 3 - 1 = -1.7   A0 = -1.7 + 0.25 * 4.4 = -0.6   return0 = 0.4
TEST(LeaveOneOutTest, ByHand) {
  EXPECT_THAT(LeaveOneOut(std::vector<double>{1, 0, 2}), ElementsAre(0, -1.5, 1.5));
  EXPECT_THAT(LeaveOneOut(std::vector<double>{3}), ElementsAre(0));
}

TEST(AdvantagesTest, ByHand) {
  const Advantages estimate = EstimateAdvantages(TwoSteps(), kByHand);
  EXPECT_THAT(estimate.advantages, ElementsAre(FloatNear(-0.6F, 1e-5F), FloatNear(4.4F, 1e-5F)));
  EXPECT_THAT(estimate.returns, ElementsAre(FloatNear(0.4F, 1e-5F), FloatNear(7.4F, 1e-5F)));
}

TEST(AdvantagesTest, LambdaOneGivesDiscountedReturns) {
  RewardOptions options = kByHand;
  options.gae_lambda = 1;
  UniformToyPolicy policy;
  for (const auto& trajectory : SearchToyWorld({}, policy, 20, Key("lambda-one"))) {
    const std::vector<float> gae = EstimateAdvantages(trajectory, options).returns;
    const std::vector<float> sums = DiscountedReturns(trajectory, options);
    for (size_t t = 0; t < sums.size(); ++t) EXPECT_NEAR(gae[t], sums[t], 1e-4);
  }
}

// The shaping telescopes: it adds -Phi(root) to every search, so it cannot change what is best.
TEST(RewardsTest, ShapingAddsTheSameToEverySearch) {
  RewardOptions shaped, plain;
  plain.score_weight = 0;
  UniformToyPolicy policy;
  for (const auto& trajectory : SearchToyWorld({}, policy, 50, Key("shaping"))) {
    EXPECT_NEAR(DiscountedReturns(trajectory, shaped)[0] - DiscountedReturns(trajectory, plain)[0],
                -tree::kRootScore, 1e-4);
  }
}

TEST(ReturnStatisticsTest, MergesBatchesExactly) {
  ReturnStatistics parts, whole;
  parts.Merge(std::vector<float>{1, 2, 6});
  parts.Merge(std::vector<float>{-3, 4});
  whole.Merge(std::vector<float>{1, 2, 6, -3, 4});
  EXPECT_NEAR(parts.mean, 2, 1e-12);
  EXPECT_NEAR(parts.mean, whole.mean, 1e-12);
  EXPECT_NEAR(parts.variance, whole.variance, 1e-12);
  EXPECT_NEAR(parts.variance, (1 + 0 + 16 + 25 + 4) / 5.0, 1e-12);
  EXPECT_NEAR(parts.Denormalise(2), 2 * std::sqrt(46.0 / 5) + 2, 1e-12);
}

TEST(ReturnStatisticsTest, ForgetsTheDistantPast) {
  ReturnStatistics statistics;
  for (int i = 0; i < 50; ++i) statistics.Merge(std::vector<float>(1000, 0.0F));
  statistics.Merge(std::vector<float>(20000, 10.0F));
  EXPECT_NEAR(statistics.mean, 5, 1e-9);
}

}  // namespace
}  // namespace pgts::policy
