// SPDX-License-Identifier: Apache-2.0
// What an engine will take of memory, before anything is loaded: the contexts that its plan asks
// for (llm/context_plan.h) are made on the model's header, without memory, and llama.cpp accounts
// for them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "llm/context_plan.h"
#include "llm/llama_kv_backend.h"
#include "llm/llama_model.h"

namespace pgts::llm {

class MemoryPlanner {
 public:
  // `present`: that device is in this machine, and llama.cpp accounts for its own buffers there.
  // Else the accounting is that of the same graph on the CPU, with the weights where a GPU has
  // them: all but the token embedding, whose rows are looked up on the host. Error as
  // LlamaModel::Load.
  MemoryPlanner(const std::string& path, const std::string& device, bool present);

  const ModelInfo& info() const { return model_->info(); }
  bool on_gpu() const { return on_gpu_; }

  int64_t DeviceWeights() const { return weights_.device.weights; }
  int64_t HostWeights() const { return weights_.host.weights; }

  // KV memory and scratch of all contexts of such a pool; no weights.
  ContextMemory Contexts(const ContextPlan& plan);

 private:
  ContextMemory OneContext(const LlamaKvBackendOptions& options);

  std::shared_ptr<const LlamaModel> model_;
  bool on_gpu_;
  ContextMemory weights_;  // its weights alone
  using Key = std::tuple<int, int, int, int, bool, bool>;
  std::map<Key, ContextMemory> known_;  // by what a context's memory depends on
};

}  // namespace pgts::llm
