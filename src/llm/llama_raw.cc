// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_raw.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "base/stopwatch.h"
#include "llama.h"
#include "llm/sampler.h"

namespace pgts::llm {
namespace {

// One context with its sequences.
class RawContext {
 public:
  RawContext(const LlamaModel& model, const RawLoad& load, std::span<const Token> text)
      : load_(load), width_(load.width / load.contexts), on_gpu_(model.on_gpu()), text_(text) {
    llama_context_params params = llama_context_default_params();
    params.n_ctx = width_ * (load.context + load.steps + load.read);
    params.n_batch = params.n_ubatch = std::max({load.batch_tokens, load.read, width_});
    params.n_seq_max = width_;
    params.n_outputs_max = width_;
    params.n_threads = params.n_threads_batch = std::max(1, load.threads / load.contexts);
    model.SetFlashAttention(params, load.flash_attention);
    params.kv_unified = load.layout == RawLayout::kUnified;
    params.swa_full = true;  // as the engine has it
    params.no_perf = true;
    context_.reset(llama_init_from_model(model.get(), params));
    if (!context_) {
      throw Error::Format("no context of {} sequences of {} tokens; lower --width or --context",
                          width_, load.context + load.steps + load.read);
    }
    model.Adapt(context_.get());
    batch_ = llama_batch_init(static_cast<int>(params.n_batch), 0, 1);
  }
  ~RawContext() { llama_batch_free(batch_); }
  RawContext(const RawContext&) = delete;
  RawContext& operator=(const RawContext&) = delete;

  void Prefill(int sequence) {
    for (int position = 0; position < load_.context; ++position) {
      if (batch_.n_tokens == load_.batch_tokens) Decode();
      Add(sequence, position, /*output=*/false);
    }
    Decode();
    llama_synchronize(context_.get());
  }

  // Gives every sequence what the first one holds, in cells of its own.
  void Fill() {
    // A GPU reads faster than it would take up a saved state, which lacks what lies behind a
    // sliding window.
    const llama_model* model = llama_get_model(context_.get());
    if (on_gpu_ || llama_model_n_swa(model) > 0) {
      for (int sequence = 1; sequence < width_; ++sequence) Prefill(sequence);
      return;
    }
    if (width_ == 1) return;
    std::vector<uint8_t> state(llama_state_seq_get_size(context_.get(), 0));
    llama_state_seq_get_data(context_.get(), state.data(), state.size(), 0);
    for (int sequence = 1; sequence < width_; ++sequence) {
      // llama_memory_seq_cp would share the cells where it can.
      if (llama_state_seq_set_data(context_.get(), state.data(), state.size(), sequence) == 0) {
        throw Error::Format("llama.cpp could not copy a sequence of {} tokens", load_.context);
      }
    }
  }

  void DecodeSteps() {
    for (int step = 0; step < load_.steps; ++step) {
      for (int sequence = 0; sequence < width_; ++sequence) {
        Add(sequence, load_.context + step, /*output=*/true);
      }
      Decode();
      llama_get_logits_ith(context_.get(), 0);  // waits for the device
    }
  }

  void ReadEach() {
    for (int sequence = 0; sequence < width_; ++sequence) {
      for (int row = 0; row < load_.read; ++row) {
        Add(sequence, load_.context + load_.steps + row, /*output=*/false);
      }
      Decode();
    }
    llama_synchronize(context_.get());
  }

  // See RawSpeed::sampling.
  double SamplingSeconds(int vocabulary) const {
    const SamplingOptions options;
    const Stopwatch watch;
    for (int sequence = 0; sequence < width_; ++sequence) {
      Truncate({llama_get_logits_ith(context_.get(), sequence), static_cast<size_t>(vocabulary)},
               options);
    }
    return watch.Seconds() / width_;
  }

 private:
  void Add(int sequence, int position, bool output) {
    const int i = batch_.n_tokens++;
    const size_t from = static_cast<size_t>(sequence) * 7 + position;
    batch_.token[i] = text_[from % text_.size()];
    batch_.pos[i] = position;
    batch_.n_seq_id[i] = 1;
    batch_.seq_id[i][0] = sequence;
    batch_.logits[i] = output;
  }

  void Decode() {
    if (batch_.n_tokens == 0) return;
    const int result = llama_decode(context_.get(), batch_);
    if (result != 0) throw Error::Format("llama.cpp could not decode (code {})", result);
    batch_.n_tokens = 0;
  }

  RawLoad load_;
  int width_;
  bool on_gpu_;
  std::span<const Token> text_;
  std::unique_ptr<llama_context, decltype(&llama_free)> context_{nullptr, llama_free};
  llama_batch batch_;
};

double Seconds(const std::function<void()>& work) {
  const Stopwatch watch;
  work();
  return watch.Seconds();
}

}  // namespace

RawSpeed MeasureRaw(const LlamaModel& model, const RawLoad& load, std::span<const Token> text) {
  if (text.empty() || load.contexts < 1 || load.width % load.contexts != 0) {
    throw Error::Format("a width of {} cannot be shared by {} contexts", load.width, load.contexts);
  }
  std::vector<std::unique_ptr<RawContext>> contexts;
  for (int i = 0; i < load.contexts; ++i) {
    contexts.push_back(std::make_unique<RawContext>(model, load, text));
  }
  std::vector<int> all(contexts.size());
  std::iota(all.begin(), all.end(), 0);
  const int workers = std::min(load.contexts, load.threads);
  const double prefill =
      Seconds([&] { RunParallel(all, workers, [&](int i) { contexts[i]->Prefill(0); }); });
  for (const auto& context : contexts) context->Fill();
  const double decode =
      Seconds([&] { RunParallel(all, workers, [&](int i) { contexts[i]->DecodeSteps(); }); });
  const double sampling = contexts.front()->SamplingSeconds(model.info().vocabulary);
  const double read =
      Seconds([&] { RunParallel(all, workers, [&](int i) { contexts[i]->ReadEach(); }); });
  return {.decode = load.width * static_cast<double>(load.steps) / decode,
          .prefill = load.contexts * static_cast<double>(load.context) / prefill,
          .read = load.width * static_cast<double>(load.read) / read,
          .sampling = sampling};
}

}  // namespace pgts::llm
