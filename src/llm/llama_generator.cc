// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_generator.h"

#include <optional>
#include <utility>
#include <vector>

#include "llm/encode_batcher.h"
#include "llm/generate_batcher.h"
#include "llm/llama_context_pool.h"

namespace pgts::llm {
namespace {

template <typename Request>
std::vector<RoutedPath> PathsOf(std::span<const Request> requests) {
  std::vector<RoutedPath> paths;
  for (const Request& request : requests) paths.push_back({request.walker, request.prefix});
  return paths;
}

template <typename T>
std::vector<T*> PointersTo(std::span<T> all, std::span<const size_t> indices) {
  std::vector<T*> chosen;
  for (const size_t i : indices) chosen.push_back(&all[i]);
  return chosen;
}

class LlamaGenerator : public Generator {
 public:
  LlamaGenerator(std::shared_ptr<const LlamaModel> model, const EngineOptions& options)
      : pool_(model, options, ContextUse::kWrite,
              [&](KvBackend& backend, TokenLedger& ledger, const BatcherOptions& options) {
                return std::make_unique<GenerateBatcher>(backend, ledger, options,
                                                         model->tokenizer());
              }) {}

  const ModelInfo& Info() const override { return pool_.model().info(); }
  const Tokenizer& tokenizer() const override { return pool_.model().tokenizer(); }
  void Forget() override { pool_.Forget(); }
  const TokenCounts& counts() const override { return pool_.counts(); }
  int context() const override { return pool_.context(); }

  void Write(std::span<Draft* const> joining) override {
    Join(joining);
    pool_.RunBusy([&](int i) { return pool_.batcher(i).jobs(); },
                  [&](int i) { pool_.batcher(i).Write(pool_.slice()); });
  }

 private:
  void Join(std::span<Draft* const> drafts) {
    std::vector<RoutedPath> paths;
    for (const Draft* draft : drafts) {
      paths.push_back({draft->request.walker, draft->request.prefix});
    }
    const std::vector<std::vector<size_t>> indices = pool_.Assign(paths);
    for (size_t at = 0; at < indices.size(); ++at) {
      std::vector<Draft*> chosen;
      for (const size_t i : indices[at]) chosen.push_back(drafts[i]);
      pool_.batcher(static_cast<int>(at)).Join(chosen);
    }
  }

  ContextPool<GenerateBatcher> pool_;
};

// Its memory is taken when the first path is read: where the states come with the steps
// (GenerateRequest::with_state), none is.
class LlamaEncoder : public Encoder {
 public:
  LlamaEncoder(std::shared_ptr<const LlamaModel> model, const EngineOptions& options)
      : model_(std::move(model)),
        options_(options),
        context_(PlanContexts(options, model_->info(), model_->FreeGpuBytes(), ContextUse::kRead)
                     .batcher.context) {}

  const ModelInfo& Info() const override { return model_->info(); }
  const Tokenizer& tokenizer() const override { return model_->tokenizer(); }
  const TokenCounts& counts() const override { return pool_ ? pool_->counts() : nothing_read_; }
  int context() const override { return context_; }

  void Forget() override {
    if (pool_) pool_->Forget();
  }

  void Encode(std::span<const EncodeRequest> requests, std::span<float> hidden) override {
    if (!pool_) {
      pool_.emplace(model_, options_, ContextUse::kRead,
                    [](KvBackend& backend, TokenLedger& ledger, const BatcherOptions& options) {
                      return std::make_unique<EncodeBatcher>(backend, ledger, options);
                    });
    }
    const size_t width = Info().width;
    pool_->Run(PathsOf(requests), [&](EncodeBatcher& batcher, std::span<const size_t> indices) {
      std::vector<std::span<float>> rows;
      for (const size_t i : indices) rows.push_back(hidden.subspan(i * width, width));
      batcher.Encode(PointersTo(requests, indices), rows);
    });
  }

 private:
  std::shared_ptr<const LlamaModel> model_;
  EngineOptions options_;
  int context_;
  TokenCounts nothing_read_;
  std::optional<ContextPool<EncodeBatcher>> pool_;
};

}  // namespace

std::unique_ptr<Generator> MakeLlamaGenerator(std::shared_ptr<const LlamaModel> model,
                                              const EngineOptions& options) {
  return std::make_unique<LlamaGenerator>(std::move(model), options);
}

std::unique_ptr<Encoder> MakeLlamaEncoder(std::shared_ptr<const LlamaModel> model,
                                          const EngineOptions& options) {
  return std::make_unique<LlamaEncoder>(std::move(model), options);
}

}  // namespace pgts::llm
