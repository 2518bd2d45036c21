// SPDX-License-Identifier: Apache-2.0
// A GGUF model in llama.cpp: checked, loaded, described. Weights are shared by every context made
// from it. Immutable after Load.
#pragma once

#include <memory>
#include <string>

#include "llm/engine_options.h"
#include "llm/llama_tokenizer.h"
#include "llm/model_info.h"

struct llama_model;

namespace pgts::llm {

class LlamaModel {
 public:
  // Error (one line) for a file that is missing, damaged or unknown to llama.cpp, for recurrent,
  // hybrid, diffusion and encoder models, and for a device that is not there.
  static std::shared_ptr<const LlamaModel> Load(const std::string& path,
                                                const std::string& device = "cpu");
  ~LlamaModel();
  LlamaModel(const LlamaModel&) = delete;
  LlamaModel& operator=(const LlamaModel&) = delete;

  const ModelInfo& info() const { return info_; }
  const LlamaTokenizer& tokenizer() const { return *tokenizer_; }
  llama_model* get() const { return model_; }
  bool on_gpu() const { return on_gpu_; }

 private:
  LlamaModel() = default;

  llama_model* model_ = nullptr;
  bool on_gpu_ = false;
  ModelInfo info_;
  std::unique_ptr<LlamaTokenizer> tokenizer_;
};

}  // namespace pgts::llm
