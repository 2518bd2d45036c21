// SPDX-License-Identifier: Apache-2.0
#include "world/score_quantiles.h"

#include <algorithm>
#include <cassert>
#include <vector>

namespace pgts::world {
namespace {

// Of ascending values, at `share` of the way from the first to the last.
template <class Value>
double At(std::span<const Value> ascending, double share) {
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, ascending.size() - 1);
  const double weight = place - static_cast<double>(below);
  return (1 - weight) * ascending[below] + weight * ascending[above];
}

}  // namespace

ScoreQuantiles EvenScores() {
  ScoreQuantiles even;
  for (int i = 0; i < ScoreQuantiles::kCount; ++i) {
    even.steps[i] = even.answers[i] = static_cast<float>(i) / (ScoreQuantiles::kCount - 1);
  }
  return even;
}

std::array<float, ScoreQuantiles::kCount> QuantilesOf(std::span<const double> scores) {
  assert(!scores.empty());
  std::vector<double> ascending(scores.begin(), scores.end());
  std::ranges::sort(ascending);
  std::array<float, ScoreQuantiles::kCount> quantiles = {};
  for (int i = 0; i < ScoreQuantiles::kCount; ++i) {
    const double share = static_cast<double>(i) / (ScoreQuantiles::kCount - 1);
    quantiles[i] = static_cast<float>(At(std::span<const double>(ascending), share));
  }
  return quantiles;
}

float Threshold(std::span<const float, ScoreQuantiles::kCount> quantiles, double share) {
  return share <= 0 ? 0.0F : static_cast<float>(At(std::span<const float>(quantiles), share));
}

}  // namespace pgts::world
