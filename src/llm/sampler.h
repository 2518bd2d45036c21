// SPDX-License-Identifier: Apache-2.0
// Truncation and draw of one token.
//
// With logits l, temperature t and p_i = exp(l_i/t) / Σ exp(l_j/t):
//   top_k   keeps the k tokens of largest logit
//   top_p   of those, the smallest leading set whose share of their probability reaches top_p
//   min_p   of those, tokens with p_i >= min_p · p_max
// in the order "logit descending, then token id ascending". The draw at u in [0, 1) is the first
// token whose cumulative share of what was kept exceeds u. Temperature 0 keeps the first token
// only. The log-probability of a draw is l_i - log Σ exp(l_j): temperature 1, nothing truncated.
//
// Exponentials are float (relative error below 2e-6), sums are double.
#pragma once

#include <span>
#include <vector>

#include "llm/generator.h"
#include "llm/token.h"

namespace pgts::llm {

// What may follow a prefix under given sampling options. Kept with the prefix, it lets a second
// child be drawn without evaluating anything.
struct TokenDistribution {
  std::vector<Token> tokens;       // in the order above
  std::vector<float> log_probs;    // at temperature 1, untruncated
  std::vector<double> cumulative;  // of exp((l - l_max)/t); the last is the total
};

// Of one token, at temperature 1 without truncation.
double LogProb(std::span<const float> logits, Token token);

TokenDistribution Truncate(std::span<const float> logits, const SamplingOptions& options);

// The index of a candidate, by TokenDistribution::cumulative or what is left of it.
size_t DrawToken(std::span<const double> cumulative, double uniform);

// With what probability DrawToken gives this candidate: natural log.
double DrawLogProb(const TokenDistribution& candidates, size_t index);

}  // namespace pgts::llm
