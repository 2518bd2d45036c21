// SPDX-License-Identifier: Apache-2.0
#include "world/score_quantiles.h"

#include <gtest/gtest.h>

#include <vector>

namespace pgts::world {
namespace {

TEST(ScoreQuantilesTest, OfEvenScoresAShareIsItsOwnThreshold) {
  for (const double share : {0.0, 0.03, 0.5, 0.77, 1.0}) {
    EXPECT_NEAR(Threshold(EvenScores().steps, share), share, 1e-6);
  }
}

TEST(ScoreQuantilesTest, AShareOfTheScoresLiesBelowItsThreshold) {
  std::vector<double> scores;
  for (int i = 999; i >= 0; --i) scores.push_back(0.2 * i / 999 * i / 999);  // small, and skewed
  const auto quantiles = QuantilesOf(scores);
  EXPECT_FLOAT_EQ(quantiles.front(), 0);
  EXPECT_FLOAT_EQ(quantiles.back(), 0.2F);
  for (const double share : {0.05, 0.3, 0.5, 0.85}) {
    int below = 0;
    for (const double score : scores) below += score < Threshold(quantiles, share) ? 1 : 0;
    EXPECT_NEAR(below, 1000 * share, 2);
  }
}

TEST(ScoreQuantilesTest, NothingIsBelowTheThresholdOfNoShare) {
  EXPECT_EQ(Threshold(QuantilesOf(std::vector<double>{0.5}), 0), 0);
  EXPECT_FLOAT_EQ(Threshold(QuantilesOf(std::vector<double>{0.5}), 0.01), 0.5F);
}

}  // namespace
}  // namespace pgts::world
