// SPDX-License-Identifier: Apache-2.0
// The Generator and the Encoder on llama.cpp. Each has contexts of its own; the weights are shared.
#pragma once

#include <memory>

#include "llm/encoder.h"
#include "llm/engine_options.h"
#include "llm/generator.h"
#include "llm/llama_model.h"

namespace pgts::llm {

// EngineOptions::device was spent when the model was loaded.
std::unique_ptr<Generator> MakeLlamaGenerator(std::shared_ptr<const LlamaModel> model,
                                              const EngineOptions& options);
std::unique_ptr<Encoder> MakeLlamaEncoder(std::shared_ptr<const LlamaModel> model,
                                          const EngineOptions& options);

}  // namespace pgts::llm
