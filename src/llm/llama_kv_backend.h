// SPDX-License-Identifier: Apache-2.0
// One llama.cpp context as a KvBackend. In the unified KV layout sequences share cells, and sharing
// or cutting a prefix only touches bookkeeping. With streams (engine_options.h) sharing copies the
// whole of a sequence's memory, and llama.cpp evaluates together only sequences whose numbers
// follow each other. Sequences between them get a row that is forgotten again, where that costs
// less than an evaluation more.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "llm/kv_backend.h"
#include "llm/llama_model.h"
#include "llm/llama_state_tap.h"

struct llama_context;

namespace pgts::llm {

struct LlamaKvBackendOptions {
  int sequences = 1;
  int cells = 0;
  int batch_tokens = 512;
  int outputs = 0;  // most rows of an evaluation that ask for one; 0: one for each sequence
  int threads = 1;
  bool streams = false;
  bool flash_attention = false;
};

// Memory that a model and a context made from it take, in bytes: by llama.cpp's own accounting, and
// of a context the outputs, which llama.cpp does not count. `device`: the model's; where that is
// the CPU, `host` holds the outputs alone.
struct ContextMemory {
  struct Part {
    int64_t weights = 0, kv = 0, scratch = 0;
  };
  Part device, host;
};

class LlamaKvBackend : public KvBackend {
 public:
  // Error if the context cannot be made (memory), with what to lower.
  LlamaKvBackend(std::shared_ptr<const LlamaModel> model, const LlamaKvBackendOptions& options);
  ~LlamaKvBackend() override;

  EvaluateStatus Evaluate(std::span<const Row> rows) override;
  RowOutput Output(int row) override;
  void Remove(int sequence, int from) override;
  void Share(int source, int target, int begin, int end) override;
  bool Whole(int sequence) const override;
  int batch_tokens() const override { return batch_tokens_; }

  void SetThreads(int threads);  // of the evaluations to come

  // Of a model's header (LlamaModel::LoadHeader): what it would take.
  ContextMemory Memory() const;

 private:
  struct Batch;
  struct Decoded {
    int code;  // llama_decode's
    std::string reason;
  };

  void BuildBatch(std::span<const Row> rows);
  Decoded Decode();
  int Length(int sequence) const;
  double GapCost(int begin, int end) const;
  int FillGap(int begin, int end);
  void ForgetFillers();

  std::shared_ptr<const LlamaModel> model_;
  bool streams_;
  int outputs_ = 0;
  int batch_tokens_ = 0;
  StateTap tap_;  // outlives the context
  llama_context* context_ = nullptr;
  std::unique_ptr<Batch> batch_;
  std::vector<Row> rows_;          // of the last evaluation
  std::vector<int> output_index_;  // of rows_[i] in the last llama_batch; -1: none
  std::vector<Row> fillers_;       // of the last llama_batch
};

}  // namespace pgts::llm
