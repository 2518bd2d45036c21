// SPDX-License-Identifier: Apache-2.0
// A LoRA adapter in GGUF beside a model (model/gguf_lora.h says what one holds). llama.cpp aborts
// on some malformed ones, passes over norms in silence, and loads an adapter of any model of the
// same shape: all that is looked at first.
#pragma once

#include <string>

#include "base/gguf_header.h"
#include "llm/model_info.h"

struct llama_adapter_lora;
struct llama_model;

namespace pgts::llm {

// Error (one line) for a file that is missing, damaged, no LoRA adapter, or that holds anything but
// pairs of matrices.
GgufHeader CheckAdapter(const std::string& path);

// Loads a checked adapter; the model owns it. Error where it belongs to another model: another
// architecture, another file by its hash, or weights that this one lacks.
llama_adapter_lora* LoadAdapter(llama_model* model, const ModelInfo& base,
                                const GgufHeader& adapter);

// What names two files together, by the HashFile of each; differs from the base's own.
std::string AdaptedHash(const std::string& base_hash, const std::string& adapter_hash);

}  // namespace pgts::llm
