// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace pgts::llm {

struct ModelInfo {
  std::string path;
  std::string architecture;  // GGUF's general.architecture, such as "qwen3"
  std::string description;   // for people: size and weight type
  std::string device;        // for people: the GPU's name, or "CPU"
  int width = 0;             // of a hidden state
  int layers = 0;
  int vocabulary = 0;
  int context_train = 0;  // tokens that the model was trained for
  int64_t parameters = 0;
  int64_t kv_bytes_per_token = 0;  // of KV memory in f16; an estimate
  int64_t file_bytes = 0;
  // HashFile of base/files.h, of model and adapter together where there is one; part of a world's
  // key.
  std::string file_hash;
};

// What a backend has evaluated, in tokens. Over one pass of walkers on cold worlds with enough
// memory, (prompt + generated + scored + reevaluated) ÷ (prompt + generated + scored) ≤ 1.02.
struct TokenCounts {
  int64_t prompt = 0;       // of root prefixes, evaluated for the first time since Forget()
  int64_t generated = 0;    // sampled tokens
  int64_t evaluated = 0;    // of `generated`: those that had to be evaluated, to go on after them
  int64_t scored = 0;       // of steps, evaluated by an encoder for the first time since Forget()
  int64_t reevaluated = 0;  // evaluated before, and again because they had left the memory
  int64_t restored = 0;     // steps that this generator did not write itself, read back from a file
  int64_t decodes = 0;      // calls into the backend

  // Of the contexts' evaluations, `decodes` of them: how many jobs took part and how many could
  // have.
  int64_t jobs = 0;
  int64_t slots = 0;
  std::array<int64_t, 9> widths{};  // evaluations of 1, 2-3, 4-7, ..., 256 jobs

  double Occupancy() const { return slots > 0 ? static_cast<double>(jobs) / slots : 0; }
};

}  // namespace pgts::llm
