// SPDX-License-Identifier: Apache-2.0
// How likely given text is under a model: the log-probability of each of its tokens (natural log,
// at temperature 1 without truncation), as a generator reports it of what it writes itself.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "llm/engine_options.h"
#include "llm/llama_model.h"
#include "llm/prefix.h"

namespace pgts::llm {

struct LikelihoodRequest {
  PrefixPtr prefix;           // what comes before
  std::vector<Token> tokens;  // the text in question
};

// Not safe for concurrent use.
class Likelihood {
 public:
  virtual ~Likelihood() = default;
  // log_probs[i]: [requests[i].tokens.size()]. Error if prefix and text exceed the context.
  virtual void Read(std::span<const LikelihoodRequest> requests,
                    std::span<std::vector<double>> log_probs) = 0;
};

// On llama.cpp, in contexts of its own beside those of a generator; the weights are shared.
std::unique_ptr<Likelihood> MakeLlamaLikelihood(std::shared_ptr<const LlamaModel> model,
                                                const EngineOptions& options);

}  // namespace pgts::llm
