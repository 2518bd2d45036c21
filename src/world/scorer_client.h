// SPDX-License-Identifier: Apache-2.0
// The scorer as coroutines see it: all pending scores go in one batch.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/rounds.h"
#include "world/step_scorer.h"

namespace pgts::world {

class ScorerClient {
 public:
  // Both must outlive the client.
  ScorerClient(Rounds& rounds, StepScorer& scorer, std::string device = "")
      : scorer_(scorer),
        gather_(
            rounds, "score",
            [this](auto requests, auto replies) { scorer_.Score(requests, replies); },
            std::move(device)) {}

  Co<Dispatched<float>> Score(ScoreRequest request) { return gather_.Submit(std::move(request)); }
  StepScorer& scorer() const { return scorer_; }
  std::string_view device() const { return gather_.device(); }
  const PhaseCounts& phase() const { return gather_.counts(); }

 private:
  StepScorer& scorer_;
  Gather<ScoreRequest, float> gather_;
};

}  // namespace pgts::world
