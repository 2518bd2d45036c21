// SPDX-License-Identifier: Apache-2.0
// The seam between a world and what judges its steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "llm/prefix.h"

namespace pgts::world {

// What is known of a path beside its text, and costs nothing.
struct PathEvidence {
  bool written = false;       // by the generator: the log-probabilities below are known
  double mean_log_prob = 0;   // of its steps, a token, natural log, at temperature 1
  double least_log_prob = 0;  // the lowest mean, a token, of one of its steps
  int wrong_equations = 0;    // task/arithmetic_errors.h
  int unused_numbers = 0;     // of the question; counted where the path is finished
  bool finished = false;      // its last step states an answer

  double log_prob = 0;  // their sum
  size_t tokens = 0;

  // Goes on by a step that the generator wrote.
  void Add(double step_log_prob, size_t step_tokens);
};

struct ScoreRequest {
  llm::PrefixPtr prefix;  // the path up to and including the step, in the generator's tokens
  PathEvidence evidence;
  uint64_t walker = 0;       // who walks: requests of one walker share their place in memory
  std::vector<float> state;  // of the path's end in the model that wrote it; empty: not known
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
