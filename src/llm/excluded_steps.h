// SPDX-License-Identifier: Apache-2.0
// Drawing a step without replacement: as from the model, given that it is none of some earlier
// steps below the same prefix. So the k-th of such steps is what successive sampling without
// replacement gives (Shi, Bieber and Singh, "Incremental Sampling Without Replacement for Sequence
// Models", ICML 2020, section 3; the rejection of repeats draws from the same distribution and pays
// for them).
//
// The excluded steps are a trie. A token's share of the excluded mass,
//   R(prefix) = sum over tokens c of p(c | prefix) · R(prefix c),     R(whole step) = 1,
// is known from the probabilities with which they were drawn; so p(c) becomes p(c) · (1 - R(c)).
#pragma once

#include <vector>

#include "llm/generator.h"
#include "llm/sampler.h"
#include "llm/token.h"
#include "llm/tokenizer.h"

namespace pgts::llm {

// Walks down the trie as a new step is written. Costs nothing once that has left it.
class ExcludedSteps {
 public:
  ExcludedSteps(std::vector<ExcludedStep> steps, const Tokenizer& tokenizer)
      : within_(std::move(steps)), tokenizer_(&tokenizer) {}

  // Less of the candidates' mass than this is taken for nothing.
  static constexpr double kLeastMass = 1e-4;

  bool Any() const { return !within_.empty(); }  // that begin as what was written
  // What is left of the candidates' mass, cumulative as theirs. Empty if nothing is.
  std::vector<double> LeftOf(const TokenDistribution& candidates) const;
  // The step goes on with this token.
  void Wrote(Token token);

 private:
  std::vector<ExcludedStep> within_;  // those that begin as what was written
  size_t written_ = 0;                // tokens
  const Tokenizer* tokenizer_;
};

}  // namespace pgts::llm
