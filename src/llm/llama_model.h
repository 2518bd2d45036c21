// SPDX-License-Identifier: Apache-2.0
// A GGUF model in llama.cpp, perhaps with a LoRA adapter: checked, loaded, described. Weights are
// shared by every context made from it. Immutable after Load.
#pragma once

#include <memory>
#include <string>

#include "llm/llama_tokenizer.h"
#include "llm/model_info.h"

struct ggml_backend_device;
struct llama_adapter_lora;
struct llama_context;
struct llama_context_params;
struct llama_model;

namespace pgts {
class GgufHeader;
}

namespace pgts::llm {

class LlamaModel {
 public:
  // Error (one line) for a file that is missing, damaged or unknown to llama.cpp, for recurrent,
  // hybrid, diffusion and encoder models, and for a device that is not there. Says in the log what
  // to do about weights of a type that is slow on a CPU. `adapter`: a LoRA adapter of that model
  // (llm/llama_adapter.h) that every context applies, or none; info() then describes the base, but
  // for file_hash, which covers both files.
  static std::shared_ptr<const LlamaModel> Load(const std::string& path,
                                                const std::string& device = "cpu",
                                                const std::string& adapter = "");
  // The same without its weights: no more than the header is read, contexts made from it take no
  // memory and evaluate nothing, and there is neither tokenizer nor file_hash. For plans of memory
  // (llm/llama_memory.h).
  static std::shared_ptr<const LlamaModel> LoadHeader(const std::string& path,
                                                      const std::string& device = "cpu");
  ~LlamaModel();
  LlamaModel(const LlamaModel&) = delete;
  LlamaModel& operator=(const LlamaModel&) = delete;

  const ModelInfo& info() const { return info_; }
  const LlamaTokenizer& tokenizer() const { return *tokenizer_; }  // not of a header
  llama_model* get() const { return model_; }
  bool on_gpu() const { return gpu_ != nullptr; }
  int64_t FreeGpuBytes() const;  // at this moment; 0 on a CPU

  // Asks for flash attention, or for none. A GPU for whose build or heads there is no such kernel
  // goes without: told to use it, llama.cpp would attend on the CPU, in silence.
  void SetFlashAttention(llama_context_params& params, bool wanted) const;

  // What every context made from this model needs before its first evaluation.
  void Adapt(llama_context* context) const;

 private:
  LlamaModel() = default;
  void Open(llama_model* model, const GgufHeader& file, ggml_backend_device* gpu);

  llama_model* model_ = nullptr;
  llama_adapter_lora* adapter_ = nullptr;  // owned by model_; null: none
  ggml_backend_device* gpu_ = nullptr;     // null: the CPU
  ModelInfo info_;
  std::unique_ptr<LlamaTokenizer> tokenizer_;
};

// Memory of a GPU ("cuda:N") that is free at this moment; 0 for "cpu". Error as Load's.
int64_t FreeBytesOf(const std::string& device);

}  // namespace pgts::llm
