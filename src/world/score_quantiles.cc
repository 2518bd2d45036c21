// SPDX-License-Identifier: Apache-2.0
#include "world/score_quantiles.h"

#include <cassert>
#include <vector>

#include "base/stats.h"

namespace pgts::world {

ScoreQuantiles EvenScores() {
  ScoreQuantiles even;
  for (int i = 0; i < ScoreQuantiles::kCount; ++i) {
    even.steps[i] = even.answers[i] = static_cast<float>(i) / (ScoreQuantiles::kCount - 1);
  }
  return even;
}

std::array<float, ScoreQuantiles::kCount> QuantilesOf(std::span<const double> scores) {
  assert(!scores.empty());
  std::array<float, ScoreQuantiles::kCount> quantiles = {};
  for (int i = 0; i < ScoreQuantiles::kCount; ++i) {
    const double share = static_cast<double>(i) / (ScoreQuantiles::kCount - 1);
    quantiles[i] = static_cast<float>(Quantile(scores, share));
  }
  return quantiles;
}

float Threshold(std::span<const float, ScoreQuantiles::kCount> quantiles, double share) {
  if (share <= 0) return 0;
  const std::vector<double> values(quantiles.begin(), quantiles.end());
  return static_cast<float>(Quantile(values, share));
}

}  // namespace pgts::world
