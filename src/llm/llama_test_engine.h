// SPDX-License-Identifier: Apache-2.0
// For tests of the engine on llama.cpp: a model with random weights, and what llama.cpp gives
// without any code of ours. Whatever is shared, cut back, evicted or batched must give what reading
// each path alone from its start gives, within kTolerance (kernels round differently at other batch
// widths).
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/temp_folder.h"
#include "llama.h"
#include "llm/engine_options.h"
#include "llm/llama_model.h"
#include "llm/llama_test_model.h"
#include "llm/prefix.h"

namespace pgts::llm {

inline constexpr double kTolerance = 2e-2;  // of a logit in about ±10, with f16 keys and values

inline std::shared_ptr<const LlamaModel> TestModel() {
  static const std::shared_ptr<const LlamaModel> model = [] {
    const TempFolder folder;
    const std::string path = folder.File("model.gguf");
    WriteTestModel(path);
    return LlamaModel::Load(path);
  }();
  return model;
}

// llama.cpp without any code of ours around it.
class PlainContext {
 public:
  explicit PlainContext(bool hidden) : hidden_(hidden) {
    llama_context_params params = llama_context_default_params();
    params.n_ctx = params.n_batch = 1024;
    params.n_threads = params.n_threads_batch = 1;
    params.embeddings = hidden;
    params.pooling_type = LLAMA_POOLING_TYPE_NONE;
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    context_ = llama_init_from_model(TestModel()->get(), params);
  }
  ~PlainContext() { llama_free(context_); }
  PlainContext(const PlainContext&) = delete;
  PlainContext& operator=(const PlainContext&) = delete;

  std::vector<float> Read(std::vector<Token> path) {
    llama_memory_clear(llama_get_memory(context_), true);
    EXPECT_EQ(llama_decode(context_, llama_batch_get_one(path.data(), path.size())), 0);
    const float* output =
        hidden_ ? llama_get_embeddings_ith(context_, -1) : llama_get_logits_ith(context_, -1);
    const ModelInfo& info = TestModel()->info();
    return {output, output + (hidden_ ? info.width : info.vocabulary)};
  }

 private:
  bool hidden_;
  llama_context* context_;
};

// The output at the end of a path, read alone from its start.
inline std::vector<float> PlainOutput(const std::vector<Token>& path, bool hidden) {
  static PlainContext logits(false), states(true);
  return hidden ? states.Read(path) : logits.Read(path);
}

inline double Distance(std::span<const float> a, std::span<const float> b) {
  double worst = 0;
  for (size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(double{a[i]} - b[i]));
  return a.size() == b.size() ? worst : INFINITY;
}

inline PrefixPtr Root(int problem, int length = 40) {
  std::vector<Token> tokens;
  for (int i = 0; i < length; ++i) tokens.push_back(i < 20 ? 65 + i : (problem * 31 + i * 7) % 250);
  return Extend(nullptr, tokens);
}

inline EngineOptions Options(int width, int pool_size, int cells = 0,
                             KvLayout layout = KvLayout::kUnified) {
  return {.threads = 2,
          .width = width,
          .pool_size = pool_size,
          .context = 512,
          .cells = cells,
          .layout = layout};
}

inline std::shared_ptr<const LlamaModel> ModelOf(const std::string& architecture, int layers,
                                                 int sliding_window = 0) {
  static const TempFolder folder;
  const std::string file = folder.File(architecture + ".gguf");
  WriteTestModel(file, {.width = 32,
                        .layers = layers,
                        .heads = 2,
                        .kv_heads = 1,
                        .feed_forward = 32,
                        .architecture = architecture,
                        .sliding_window = sliding_window});
  return LlamaModel::Load(file);
}

inline std::string LayoutName(const testing::TestParamInfo<KvLayout>& info) {
  return info.param == KvLayout::kStreams ? "Streams" : "Unified";
}

}  // namespace pgts::llm
