// SPDX-License-Identifier: Apache-2.0
// How many contexts an engine's pool has, how wide each is, and on how many threads they run.
#pragma once

#include <cstdint>

#include "llm/batcher.h"
#include "llm/engine_options.h"
#include "llm/model_info.h"

namespace pgts::llm {

// What an evaluation of a context holds. kWrite: a token of each sequence. kRead: many tokens of a
// few sequences, with an output at the end of each.
enum class ContextUse { kWrite, kRead };

struct ContextPlan {
  int pool_size = 1;     // contexts
  int workers = 1;       // threads that run contexts side by side
  int threads = 1;       // of all contexts that have work, at least batcher.threads for each
  int cells = 0;         // KV cells of each context
  int batch_tokens = 1;  // most of one evaluation of a context
  int outputs = 1;       // most of them that may have an output
  int slice = 1;         // evaluations of a context before steps that ended are handed back
  bool streams = false;  // see KvLayout; never kAuto here
  // Where streams are wanted but need too much memory: the longest context, in tokens, for which
  // they would fit; else 0.
  int streams_would_fit = 0;
  bool flash_attention = false;
  BatcherOptions batcher;  // of each context
};

// `gpu_bytes`: memory of the model's GPU that is free yet; 0: it runs on the CPU. Error for values
// out of range, or streams that the cells do not suffice for.
ContextPlan PlanContexts(const EngineOptions& options, const ModelInfo& model, int64_t gpu_bytes,
                         ContextUse use);

}  // namespace pgts::llm
