// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_memory.h"

#include <utility>

#include "base/gguf_header.h"
#include "llm/llama_context_pool.h"
#include "llm/llama_devices.h"

namespace pgts::llm {
namespace {

constexpr const char* kEmbedding = "token_embd.weight";
constexpr const char* kOutput = "output.weight";

// From the CPU's accounting to a GPU's: a tied embedding stands in both memories.
void MoveWeights(const std::string& path, ContextMemory& weights) {
  const GgufHeader file(path);
  if (!file.HasTensor(kEmbedding)) return;
  weights.host.weights = static_cast<int64_t>(file.Tensor(kEmbedding).bytes);
  if (file.HasTensor(kOutput)) weights.device.weights -= weights.host.weights;
}

}  // namespace

MemoryPlanner::MemoryPlanner(const std::string& path, const std::string& device, bool present)
    : model_(LlamaModel::LoadHeader(path, present ? device : "cpu")), on_gpu_(IsGpu(device)) {
  const ContextMemory least = OneContext({.cells = 1, .batch_tokens = 1});
  weights_.device.weights = least.device.weights;
  weights_.host.weights = least.host.weights;
  if (on_gpu_ && !present) MoveWeights(path, weights_);
}

ContextMemory MemoryPlanner::OneContext(const LlamaKvBackendOptions& options) {
  return LlamaKvBackend(model_, options).Memory();
}

ContextMemory MemoryPlanner::Contexts(const ContextPlan& plan) {
  const LlamaKvBackendOptions options = BackendOptions(plan);
  const Key key{options.sequences, options.cells,   options.batch_tokens,
                options.outputs,   options.streams, options.flash_attention};
  auto found = known_.find(key);
  if (found == known_.end()) found = known_.emplace(key, OneContext(options)).first;
  ContextMemory all = found->second;
  for (ContextMemory::Part* part : {&all.device, &all.host}) {
    *part = {.kv = part->kv * plan.pool_size, .scratch = part->scratch * plan.pool_size};
  }
  return all;
}

}  // namespace pgts::llm
