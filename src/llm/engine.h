// SPDX-License-Identifier: Apache-2.0
// What can be asked of every engine, whether it writes steps (generator.h) or reads paths
// (encoder.h). Not safe for concurrent use: one thread at a time calls an engine.
#pragma once

#include "llm/model_info.h"
#include "llm/tokenizer.h"

namespace pgts::llm {

class Engine {
 public:
  virtual ~Engine() = default;
  virtual const ModelInfo& Info() const = 0;
  virtual const Tokenizer& tokenizer() const = 0;

  // Tokens that one sequence can hold, prompt included.
  virtual int context() const = 0;

  virtual const TokenCounts& counts() const = 0;

  // Drops all resident prefixes and whatever has not ended. Called where a run can be resumed, so
  // that what follows does not depend on what came before.
  virtual void Forget() = 0;
};

}  // namespace pgts::llm
