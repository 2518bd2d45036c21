// SPDX-License-Identifier: Apache-2.0
// How an engine lays out its memory and its work.
//
// An engine has a pool of llama.cpp contexts. In the unified layout each token scans every used
// cell of its context. Small models spend most of their time in that scan, so they do best with
// many contexts of few sequences; a GPU does best with one wide context. On a CPU, contexts run
// side by side with a thread each where there are enough of them: ggml's threads wait for each
// other after every operation, and on a busy machine that costs more than it gains.
//
// Measured: the tiny model's shape (1.8 M parameters, Q8_0), prompts of 110 tokens read, three
// steps of 45 written; generated tokens per second of CPU time on one busy core:
//   sequences       contexts: 1 flash on   1     width/8   width/4   width/2
//   32, own prompts              656       602    1,364     1,792     1,775
//   64, own prompts              653       320    1,755     2,077     2,067
//   64, four to a prompt           -         -    3,174     3,634         -
#pragma once

#include <string>
#include <string_view>

namespace pgts::llm {

// How a context holds its sequences. Unified: in one memory, where sharing a prefix is free and
// each token scans every used cell. Streams: each in its own, where a token scans its own path
// only, sharing copies, and all memory is taken at once. kAuto: streams for a model of some size on
// a CPU where the memory is there, else unified (docs/PERFORMANCE.md, "Decoding", "Reading").
enum class KvLayout { kAuto, kUnified, kStreams };

// "auto", "unified" or "streams"; Error for anything else.
KvLayout ParseKvLayout(std::string_view name);

struct EngineOptions {
  std::string device = "cpu";  // llm/llama_devices.h
  int threads = 0;             // CPU threads; 0: all cores
  int width = 32;      // sequences evaluated together, all contexts; best: walkers in flight
  int pool_size = 0;   // contexts; 0: chosen by the model's size and the device
  int context = 4096;  // tokens that one sequence can hold; at most what the model knows
  int cells = 0;  // KV cells, all contexts; 0: width × context, in the unified layout of 1 GiB at
                  // most, or half of what a GPU has free. Streams round up
  int slice = 0;  // evaluations before steps that ended are handed back; 0: by model size
  KvLayout layout = KvLayout::kAuto;
  int flash_attention = -1;  // 0 off, 1 on, -1: off on CPUs for small models and readers in streams
};

}  // namespace pgts::llm
