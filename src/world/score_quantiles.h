// SPDX-License-Identifier: Apache-2.0
// How a judge's scores spread over held-out steps. Rules that compare a score with a threshold are
// told the share of scores below it instead, so that one list of candidates fits every judge: one
// that gives most steps 0.9 as well as one whose scores lie around 0.1.
#pragma once

#include <array>
#include <span>

namespace pgts::world {

struct ScoreQuantiles {
  static constexpr int kCount = 21;        // of the scores 0, 5, 10, ... 100 % lie below
  std::array<float, kCount> steps = {};    // that state no answer
  std::array<float, kCount> answers = {};  // steps that state one

  bool operator==(const ScoreQuantiles&) const = default;
};

// A share is its own threshold: of scores that are spread evenly, and where nothing is known.
ScoreQuantiles EvenScores();

// The quantiles of `scores`, of which there is at least one; linear between neighbours.
std::array<float, ScoreQuantiles::kCount> QuantilesOf(std::span<const double> scores);

// The score that a share of all lies below, linear between quantiles. Share 0 is score 0, which
// nothing is below.
float Threshold(std::span<const float, ScoreQuantiles::kCount> quantiles, double share);

}  // namespace pgts::world
