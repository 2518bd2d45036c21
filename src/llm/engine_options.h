// SPDX-License-Identifier: Apache-2.0
// How an engine lays out its memory and its work.
//
// A lane is one llama.cpp context in the unified layout, where each token scans every used cell of
// its lane. Small models spend most of their time in that scan, so they do best with several lanes
// of few sequences, each run by one thread; large ones read their weights once per evaluation and do
// best with one wide lane. Measured: docs/ARCHITECTURE.md, "How fast the engine is".
#pragma once

#include <string>

namespace pgts::llm {

struct EngineOptions {
  std::string device = "cpu";  // "cpu", "cuda" or "cuda:N"
  int threads = 0;             // CPU threads; 0: all cores
  int width = 32;              // sequences evaluated together, all lanes; best: walkers in flight
  int lanes = 0;               // 0: chosen by the model's size and the device
  int context = 4096;          // tokens that one sequence can hold; at most what the model knows
  int cells = 0;               // KV cells, all lanes; 0: width × context
  int batch_tokens = 512;      // most tokens of one evaluation
  int flash_attention = -1;    // 0 off, 1 on, -1: on for GPUs, off for CPUs
  std::string kv_type = "f16"; // "f16", "f32", "bf16" or "q8_0" (needs flash attention)
};

}  // namespace pgts::llm
