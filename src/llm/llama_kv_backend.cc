// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_kv_backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <numeric>
#include <ranges>

#include "../src/llama-ext.h"  // of llama.cpp: what its own tools account with
#include "base/error.h"
#include "llama.h"
#include "llm/llama_runtime.h"

namespace pgts::llm {
namespace {

// The cost of one more row in an evaluation, where 1 is to read the model's weights once more: its
// products, and its attention for each byte of KV memory by a byte of weights. Measured with
// SmolLM2 in BF16 and flash attention, which does not look at other sequences' cells, on two cores.
constexpr double kRowCost = 0.06;
constexpr double kAttentionCost = 4;

llama_context_params Params(const LlamaKvBackendOptions& options) {
  llama_context_params params = llama_context_default_params();
  params.n_ctx = options.cells;
  params.n_batch = params.n_ubatch = std::min(options.batch_tokens, options.cells);
  params.n_seq_max = options.sequences;
  params.n_outputs_max = std::max(options.outputs, options.sequences);
  params.n_threads = params.n_threads_batch = options.threads;
  params.pooling_type = LLAMA_POOLING_TYPE_NONE;
  params.kv_unified = !options.streams;
  params.swa_full = true;  // a cut-back prefix may need what left the window
  params.no_perf = true;
  return params;
}

Tapped Wanted(std::span<const Row> rows) {
  if (std::ranges::none_of(rows, &Row::state)) return Tapped::kLogits;
  return std::ranges::any_of(rows, &Row::logits) ? Tapped::kBoth : Tapped::kStates;
}

// Rows of one sequence.
struct RowsOfSequence {
  int sequence = 0;
  std::vector<int> rows;  // indices
  // Whether it has a single row, or one of those whose numbers follow it without a gap. Such are
  // evaluated together; of others as many rows of each as the shortest has.
  bool joins = false;
};

std::vector<RowsOfSequence> BySequence(std::span<const Row> rows) {
  std::vector<int> ordered(rows.size());
  std::iota(ordered.begin(), ordered.end(), 0);
  std::ranges::stable_sort(ordered, {}, [&](int i) { return rows[i].sequence; });
  std::vector<RowsOfSequence> groups;
  for (const int i : ordered) {
    if (groups.empty() || groups.back().sequence != rows[i].sequence) {
      groups.push_back({.sequence = rows[i].sequence});
    }
    groups.back().rows.push_back(i);
  }
  bool next_joins = false;
  int next = -1;
  for (RowsOfSequence& group : std::views::reverse(groups)) {
    group.joins = group.rows.size() == 1 || (group.sequence + 1 == next && next_joins);
    next_joins = group.joins;
    next = group.sequence;
  }
  return groups;
}

}  // namespace

// The arrays behind a llama_batch.
struct LlamaKvBackend::Batch {
  explicit Batch(int capacity) : batch(llama_batch_init(capacity, 0, 1)) {}
  ~Batch() { llama_batch_free(batch); }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  void Add(const Row& row) {
    const int i = batch.n_tokens++;
    batch.token[i] = row.token;
    batch.pos[i] = row.position;
    batch.n_seq_id[i] = 1;
    batch.seq_id[i][0] = row.sequence;
    batch.logits[i] = row.logits || row.state;
  }

  llama_batch batch;
};

LlamaKvBackend::LlamaKvBackend(std::shared_ptr<const LlamaModel> model,
                               const LlamaKvBackendOptions& options)
    : model_(std::move(model)), streams_(options.streams), tap_(model_->info().width) {
  llama_context_params params = Params(options);
  model_->SetFlashAttention(params, options.flash_attention);
  tap_.Install(params);
  const std::string reason =
      GuardLlama([&] { context_ = llama_init_from_model(model_->get(), params); });
  if (!context_) {
    throw Error::Format(
        "no context of {} cells and {} sequences for {} ({}); lower the context "
        "length or the width",
        options.cells, options.sequences, model_->info().path, reason);
  }
  outputs_ = static_cast<int>(params.n_outputs_max);
  model_->Adapt(context_);
  batch_tokens_ = static_cast<int>(llama_n_batch(context_));
  batch_ = std::make_unique<Batch>(batch_tokens_);
}

LlamaKvBackend::~LlamaKvBackend() {
  batch_.reset();
  if (context_) llama_free(context_);
}

EvaluateStatus LlamaKvBackend::Evaluate(std::span<const Row> rows) {
  BuildBatch(rows);
  tap_.Begin(batch_->batch, streams_, Wanted(rows));
  const auto [result, reason] = Decode();
  ForgetFillers();
  if (result == 1) return EvaluateStatus::kNoCells;
  if (result == 0 && tap_.Complete()) return EvaluateStatus::kDone;
  // Earlier micro-batches stay resident after a failure.
  for (const Row& row : std::views::reverse(rows)) Remove(row.sequence, row.position);
  if (result == 0) {
    throw Error::Format(
        "llama.cpp does not give the hidden states of {} (architecture {}), which a reward model's "
        "head reads; use a model of another architecture",
        model_->info().path, model_->info().architecture);
  }
  throw Error::Format(
      "llama.cpp could not evaluate {} tokens of {} ({}); the device may be "
      "out of memory: lower the width or the context length",
      rows.size(), model_->info().path, reason);
}

// With an adapter llama.cpp takes its scratch memory at the first evaluation, and throws where
// there is none.
LlamaKvBackend::Decoded LlamaKvBackend::Decode() {
  try {
    const int code = llama_decode(context_, batch_->batch);
    return {code, fmt::format("code {}", code)};
  } catch (const std::exception& failure) {
    constexpr int kFatal = -2;
    return {kFatal, failure.what()};
  }
}

void LlamaKvBackend::BuildBatch(std::span<const Row> rows) {
  batch_->batch.n_tokens = 0;
  fillers_.clear();  // of a call that threw
  rows_.assign(rows.begin(), rows.end());
  output_index_.assign(rows.size(), -1);
  const auto add = [&](int i) {
    if (rows[i].logits || rows[i].state) output_index_[i] = batch_->batch.n_tokens;
    batch_->Add(rows[i]);
  };
  if (!streams_) {
    for (int i = 0; i < static_cast<int>(rows.size()); ++i) add(i);
    return;
  }
  int room = batch_tokens_ - static_cast<int>(rows.size());
  bool joins = false;  // of what stands before the gap, something has a single row
  int next = -1;
  for (const RowsOfSequence& group : BySequence(rows)) {
    const int gap = group.sequence - next;
    if (gap > 0) {
      joins = joins && group.joins && gap <= room && GapCost(next, group.sequence) < 1;
      if (joins) room -= FillGap(next, group.sequence);
    }
    joins = joins || group.rows.size() == 1;
    next = group.sequence + 1;
    for (const int i : group.rows) add(i);
  }
}

void LlamaKvBackend::SetThreads(int threads) { llama_set_n_threads(context_, threads, threads); }

ContextMemory LlamaKvBackend::Memory() const {
  ContextMemory memory;
  for (const auto& [kind, bytes] : llama_get_memory_breakdown(context_)) {
    const bool here = !model_->on_gpu() || !ggml_backend_buft_is_host(kind);
    ContextMemory::Part& part = here ? memory.device : memory.host;
    part.weights += static_cast<int64_t>(bytes.model);
    part.kv += static_cast<int64_t>(bytes.context);
    part.scratch += static_cast<int64_t>(bytes.compute);
  }
  memory.host.scratch += int64_t{outputs_} * model_->info().vocabulary * int64_t{sizeof(float)};
  return memory;
}

int LlamaKvBackend::Length(int sequence) const {
  return llama_memory_seq_pos_max(llama_get_memory(context_), sequence) + 1;
}

// Of a row in each of the sequences [begin, end).
double LlamaKvBackend::GapCost(int begin, int end) const {
  const ModelInfo& model = model_->info();
  const double token_cost = kAttentionCost * static_cast<double>(model.kv_bytes_per_token) /
                            static_cast<double>(std::max<int64_t>(1, model.file_bytes));
  double cost = 0;
  for (int sequence = begin; sequence < end; ++sequence) {
    cost += kRowCost + token_cost * Length(sequence);
  }
  return cost;
}

// A row in each of the sequences [begin, end), whose result nobody reads. Returns how many.
int LlamaKvBackend::FillGap(int begin, int end) {
  for (int sequence = begin; sequence < end; ++sequence) {
    fillers_.push_back({.position = Length(sequence), .sequence = sequence});
    batch_->Add(fillers_.back());
  }
  return end - begin;
}

void LlamaKvBackend::ForgetFillers() {
  for (const Row& filler : fillers_) Remove(filler.sequence, filler.position);
  fillers_.clear();
}

RowOutput LlamaKvBackend::Output(int row) {
  RowOutput output;
  if (rows_[row].logits) {
    output.logits = {llama_get_logits_ith(context_, output_index_[row]),
                     static_cast<size_t>(model_->info().vocabulary)};
  }
  if (rows_[row].state) output.state = tap_.State(output_index_[row]);
  return output;
}

// llama.cpp takes cells that have left their sequence's window for new tokens, with swa_full too
// (llama_kv_cache::find_slot).
bool LlamaKvBackend::Whole(int sequence) const {
  return llama_memory_seq_pos_min(llama_get_memory(context_), sequence) <= 0;
}

void LlamaKvBackend::Remove(int sequence, int from) {
  llama_memory_seq_rm(llama_get_memory(context_), sequence, from, -1);
}

void LlamaKvBackend::Share(int source, int target, int begin, int end) {
  llama_memory_t memory = llama_get_memory(context_);
  if (!streams_) {
    llama_memory_seq_cp(memory, source, target, begin, end);
    return;
  }
  llama_memory_seq_cp(memory, source, target, -1, -1);  // llama.cpp copies streams whole
  Remove(target, end);
}

}  // namespace pgts::llm
