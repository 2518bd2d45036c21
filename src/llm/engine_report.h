// SPDX-License-Identifier: Apache-2.0
// What an engine did, in one line for a log.
#pragma once

#include <optional>
#include <string>

#include "llm/model_info.h"

namespace pgts::llm {

// "70 tokens written in 12 evaluations, 0.58 of the slots taken, 3.0 % evaluated again; jobs in an
// evaluation: 1: 2, 2-3: 1, 4-7: 9". Empty where nothing was evaluated.
std::string EngineReport(const TokenCounts& counts);

// What to do about a weight type for which llama.cpp has no fast path on a CPU; nothing for others.
std::optional<std::string> SlowWeightsAdvice(const ModelInfo& model);

}  // namespace pgts::llm
