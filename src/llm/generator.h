// SPDX-License-Identifier: Apache-2.0
// Writing one reasoning step.
//
// Draws. Token i of a step is the inverse CDF at `draw.Uniform(i)` over the truncated candidates,
// ordered by logit (descending), ties by token id. So a step depends on its request alone: never on
// the other requests of a batch or their order (beyond rounding of the logits, design: a world is
// what was stored first). Temperature 0 takes the most likely token and draws nothing. A request
// may exclude steps: it is drawn without replacement (llm/excluded_steps.h).
//
// Ends. The token that completes the separator belongs to the step; separators before the step's
// first character that is not white space do not end it. The end-of-text token is *not* among the
// tokens, but its log-probability is in the sum and it is charged as generated. A request whose
// prefix leaves no room for one token comes back empty with kContextFull, one whose excluded steps
// leave nothing to write with kNothingLeft.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "llm/engine.h"
#include "llm/prefix.h"

namespace pgts::llm {

// Applied in this order: top_k, top_p, min_p on the probabilities at `temperature`.
struct SamplingOptions {
  double temperature = 0.7;  // 0: greedy
  double top_p = 0.95;       // 1: off; the smallest set whose probability reaches it
  int top_k = 0;             // 0: off
  double min_p = 0;          // 0: off; drops tokens below min_p × the largest probability
  int max_new_tokens = 128;  // of one step, at least 1
  std::string separator = "\n";
  std::vector<std::string> further_separators;  // that end a step as `separator` does
  bool ignore_end_of_text = false;  // for benchmarks: that token is written like any other

  bool operator==(const SamplingOptions&) const = default;
};

// A step that was written before, below the same prefix and with the same sampling options. Both
// spans outlive the request that excludes it.
struct ExcludedStep {
  std::span<const Token> tokens;          // Generation::tokens
  std::span<const float> draw_log_probs;  // Generation::draw_log_probs
};

struct GenerateRequest {
  PrefixPtr prefix;
  uint64_t walker = 0;  // who walks: requests of one walker share its slot in the KV memory
  Key draw{"unset"};
  std::shared_ptr<const SamplingOptions> sampling;
  // Whether the step comes with its hidden state, unless its end leaves no room to read it. So a
  // judge that looks at the states of the model that writes needs no pass of its own.
  bool with_state = false;
  bool most_likely = false;            // takes the most likely tokens, as temperature 0 does
  std::vector<ExcludedStep> excluded;  // what it must not write again
};

enum class StepEnd { kSeparator, kEndOfText, kMaxTokens, kContextFull, kNothingLeft };

struct Generation {
  std::vector<Token> tokens;  // without the end-of-text token
  double log_prob = 0;        // sum, natural log, at temperature 1 without truncation
  // [generated] With what probability each token is drawn where nothing is excluded: natural log,
  // at the temperature and truncation of the request.
  std::vector<float> draw_log_probs;
  StepEnd end = StepEnd::kSeparator;
  int generated = 0;  // sampled tokens to charge: tokens.size(), +1 at the end of text
  // At the path's last token, as an Encoder of the same model gives it; empty unless asked for.
  std::vector<float> state;
};

// A step on its way. Who asks owns it, and keeps it in place until it has ended.
struct Draft {
  GenerateRequest request;
  Generation result;
  bool ended = false;  // set by the generator, with the result
};

class Generator : public Engine {
 public:
  // One slice: takes `joining` in and writes on, at these and at all drafts that have not ended
  // yet, for a number of evaluations that does not depend on time. So one long step holds nothing
  // back: who waited for a short one goes on while the long one is still being written. Walkers may
  // repeat. Enough slices end every draft. After an exception Forget() comes before the next slice.
  virtual void Write(std::span<Draft* const> joining) = 0;
};

// Writes all to their end; results[i] answers requests[i]. The generator has no other drafts.
std::vector<Generation> WriteAll(Generator& generator, std::span<const GenerateRequest> requests);

}  // namespace pgts::llm
