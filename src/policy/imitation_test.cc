// SPDX-License-Identifier: Apache-2.0
#include "policy/imitation.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "policy/gps_network.h"
#include "policy/network_policy.h"
#include "policy/toy_world.h"

namespace pgts::policy {
namespace {

const NetworkOptions kSmall{.hidden_dim = 32, .num_layers = 2, .num_heads = 4};

std::vector<tree::Trajectory> Teacher(int searches) {
  BestToyPolicy best;
  return SearchToyWorld({}, best, searches, Key("teacher"));
}

ImitationSetup ShortTraining() {
  return {.options = {.epochs = 12, .batch_size = 64, .learning_rate = 3e-3}, .seed = 4};
}

TEST(ImitationTest, LearnsToDecideAsTheTeacherDid) {
  GpsNetwork network(kSmall, 1);
  std::vector<double> losses;
  ImitationSetup setup = ShortTraining();
  setup.after_epoch = [&](int, double loss) { losses.push_back(loss); };
  const ImitationStats stats = Imitate(network, Teacher(200), setup);
  EXPECT_EQ(losses.size(), 12U);
  EXPECT_LT(losses.back(), losses.front());
  EXPECT_GT(stats.training_decisions, stats.held_out_decisions);
  EXPECT_GT(stats.held_out_decisions, 30);
  EXPECT_GT(stats.held_out_agreement, 0.97);
  EXPECT_GT(stats.held_out_explained_variance, 0.1);
  EXPECT_FALSE(network.is_training()) << "dropout must not act afterwards";
}

TEST(ImitationTest, TheLearnedPolicySearchesAsWell) {
  const auto network = std::make_shared<GpsNetwork>(kSmall, 1);
  Imitate(*network, Teacher(200), ShortTraining());
  NetworkPolicy policy(network, {.greedy = true});
  int right = 0;
  for (const auto& trajectory : SearchToyWorld({}, policy, 100, Key("pupil"))) {
    right += *trajectory.correct;
  }
  EXPECT_GT(right, 90);
}

TEST(ImitationTest, SmoothingLeavesRoomToExplore) {
  const auto network = std::make_shared<GpsNetwork>(kSmall, 1);
  Imitate(*network, Teacher(200), ShortTraining());
  NetworkPolicy policy(network, {.temperature = 0.8});
  for (const auto& trajectory : SearchToyWorld({}, policy, 20, Key("explore"))) {
    for (const auto& step : trajectory.steps) {
      for (tree::Action action : tree::kActions) {
        if (step.legal.Has(action)) {
          EXPECT_GT(step.decision.probabilities[static_cast<int>(action)], 1e-3);
        }
      }
    }
  }
}

TEST(ImitationTest, SameSeedSameBytes) {
  GpsNetwork a(kSmall, 1), b(kSmall, 1);
  ImitationSetup setup = ShortTraining();
  setup.options.epochs = 2;
  const auto teacher = Teacher(40);
  Imitate(a, teacher, setup);
  Imitate(b, teacher, setup);
  for (size_t i = 0; i < a.Weights().size(); ++i) {
    EXPECT_TRUE(torch::equal(a.Weights()[i].second, b.Weights()[i].second));
  }
}

TEST(ImitationTest, NeedsDecisions) {
  GpsNetwork network(kSmall, 1);
  EXPECT_THROW(Imitate(network, {}, ShortTraining()), Error);
}

}  // namespace
}  // namespace pgts::policy
