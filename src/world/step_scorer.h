// SPDX-License-Identifier: Apache-2.0
// The seam between a world and what judges its steps.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "llm/prefix.h"

namespace pgts::world {

struct ScoreRequest {
  llm::PrefixPtr prefix;      // the path up to and including the step, in the generator's tokens
  double mean_log_prob = 0;   // of its steps per token, under the generator (world/step.h)
  int arithmetic_errors = 0;  // of the path (task/arithmetic_errors.h)
  uint64_t walker = 0;        // who walks: requests of one walker share their place in memory
  std::vector<float> state;   // of the path's end in the model that wrote it; empty: not known
};

// Not shared between threads.
class StepScorer {
 public:
  virtual ~StepScorer() = default;
  // Of everything that a score depends on: weights, head, calibration. Scores are stored under it.
  virtual uint64_t hash() const = 0;
  // scores[i] in [0, 1]: the probability that the path of requests[i] is correct so far.
  virtual void Score(std::span<const ScoreRequest> requests, std::span<float> scores) = 0;
  // The file hash of the model whose hidden states it judges. Where that is the model that writes,
  // a request's state saves it a pass. Empty: it looks at no model's states.
  virtual std::string_view state_model() const { return {}; }
  // Drops all resident prefixes (the start of an iteration).
  virtual void Forget() = 0;
  virtual int64_t parameters() const = 0;  // for FLOPs
};

}  // namespace pgts::world
