// SPDX-License-Identifier: Apache-2.0
// The llama.cpp contexts of one engine: each with a batcher of its own, all on one model's weights.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/parallel.h"
#include "llm/context_plan.h"
#include "llm/llama_kv_backend.h"
#include "llm/router.h"

namespace pgts::llm {

// Of each context of a pool.
inline LlamaKvBackendOptions BackendOptions(const ContextPlan& plan) {
  return {.sequences = plan.batcher.sequences,
          .cells = plan.cells,
          .batch_tokens = plan.batch_tokens,
          .outputs = plan.outputs,
          .threads = plan.batcher.threads,
          .streams = plan.streams,
          .flash_attention = plan.flash_attention};
}

template <typename BatcherType>
class ContextPool {
 public:
  // make_batcher(backend, ledger, BatcherOptions) gives a std::unique_ptr<BatcherType>.
  template <typename MakeBatcher>
  ContextPool(std::shared_ptr<const LlamaModel> model, const EngineOptions& options, ContextUse use,
              MakeBatcher make_batcher)
      : model_(std::move(model)),
        plan_(PlanContexts(options, model_->info(), model_->FreeGpuBytes(), use)) {
    constexpr int kUseful = 512;  // tokens
    if (plan_.streams_would_fit >= kUseful) {
      Info(
          "{}: {} streams of {} tokens need too much memory, so sequences share theirs, which is "
          "slower; a smaller engine.width would do, or engine.context = {} (which grows worlds of "
          "its own)",
          model_->info().path, options.width, plan_.batcher.context, plan_.streams_would_fit);
    }
    for (int i = 0; i < plan_.pool_size; ++i) {
      backends_.push_back(std::make_unique<LlamaKvBackend>(model_, BackendOptions(plan_)));
      batchers_.push_back(make_batcher(*backends_.back(), ledger_, plan_.batcher));
    }
  }

  // The requests of each context, as indices of `paths`. A walker that comes from another context
  // gives its slot there up.
  std::vector<std::vector<size_t>> Assign(std::span<const RoutedPath> paths) {
    std::vector<const Batcher*> views;
    for (const auto& batcher : batchers_) views.push_back(batcher.get());
    const std::vector<int> chosen = Route(paths, views);
    std::vector<std::vector<size_t>> indices(batchers_.size());
    for (size_t i = 0; i < chosen.size(); ++i) {
      indices[chosen[i]].push_back(i);
      for (int other = 0; other < size(); ++other) {
        if (other != chosen[i]) batchers_[other]->Leave(paths[i].walker);
      }
    }
    return indices;
  }

  // Calls run(i) for every context with work(i) > 0, the one with most first, so that no thread
  // ends up alone with it.
  template <typename Work, typename Call>
  void RunBusy(Work work, Call run) {
    std::vector<int> busy;
    for (int i = 0; i < size(); ++i) {
      if (work(i) > 0) busy.push_back(i);
    }
    std::ranges::stable_sort(busy, [&](int a, int b) { return work(a) > work(b); });
    for (const int i : busy) {
      backends_[i]->SetThreads(ThreadsOfEach(busy.size()));
      batchers_[i]->SetThreads(ThreadsOfEach(busy.size()));
    }
    RunParallel(busy, plan_.workers, run);
  }

  // Calls answer(batcher, indices) for every context that has any of the requests.
  template <typename Answer>
  void Run(std::span<const RoutedPath> paths, Answer answer) {
    const std::vector<std::vector<size_t>> indices = Assign(paths);
    RunBusy([&](int i) { return indices[i].size(); },
            [&](int i) { answer(*batchers_[i], indices[i]); });
  }

  void Forget() {
    for (const auto& batcher : batchers_) batcher->Forget();
  }

  BatcherType& batcher(int i) { return *batchers_[i]; }
  int size() const { return static_cast<int>(batchers_.size()); }
  int slice() const { return plan_.slice; }
  const LlamaModel& model() const { return *model_; }
  const TokenCounts& counts() const { return ledger_.counts(); }
  int context() const { return plan_.batcher.context; }

 private:
  // The last searches of a run may leave contexts without work.
  int ThreadsOfEach(size_t busy) const {
    return std::max(plan_.batcher.threads, plan_.threads / static_cast<int>(busy));
  }

  std::shared_ptr<const LlamaModel> model_;
  ContextPlan plan_;
  TokenLedger ledger_;
  std::vector<std::unique_ptr<LlamaKvBackend>> backends_;
  std::vector<std::unique_ptr<BatcherType>> batchers_;
};

}  // namespace pgts::llm
