// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_machine.h"

#include <algorithm>
#include <exception>

#include "base/error.h"
#include "llama.h"
#include "llm/llama_runtime.h"

namespace pgts::llm {
namespace {

// Sequences. Rows cost about a tenth of reading a model's weights once more (SmolLM2, two cores).
constexpr int kLongestFilledGap = 8;

ggml_type ParseKvType(const std::string& name) {
  if (name == "f16") return GGML_TYPE_F16;
  if (name == "f32") return GGML_TYPE_F32;
  if (name == "bf16") return GGML_TYPE_BF16;
  if (name == "q8_0") return GGML_TYPE_Q8_0;
  throw Error::Format("kv type '{}' is not one of f16, f32, bf16, q8_0", name);
}

llama_context_params Params(const LlamaMachineOptions& options, bool all_outputs) {
  llama_context_params params = llama_context_default_params();
  params.n_ctx = options.cells;
  params.n_batch = params.n_ubatch = std::min(options.batch_tokens, options.cells);
  params.n_seq_max = options.sequences;
  const bool many = all_outputs || options.output == LlamaOutput::kEveryLogits;
  params.n_outputs_max =
      many ? std::max(options.batch_tokens, options.sequences) : options.sequences;
  params.n_threads = params.n_threads_batch = options.threads;
  params.pooling_type = LLAMA_POOLING_TYPE_NONE;
  params.flash_attn_type =
      options.flash_attention ? LLAMA_FLASH_ATTN_TYPE_ENABLED : LLAMA_FLASH_ATTN_TYPE_DISABLED;
  params.type_k = params.type_v = ParseKvType(options.kv_type);
  params.embeddings = all_outputs;
  params.kv_unified = !options.streams;
  params.swa_full = true;  // a cut-back prefix may need what left the window
  params.no_perf = true;
  return params;
}

// How many sequences have a single row, of rows in the order of their sequences: those are
// evaluated together if no sequence between them is left out.
int SingleRows(std::span<const Row> rows, std::span<const int> ordered) {
  int single = 0;
  for (auto begin = ordered.begin(); begin != ordered.end();) {
    const auto end = std::find_if(begin, ordered.end(),
                                  [&](int i) { return rows[i].sequence != rows[*begin].sequence; });
    if (end - begin == 1) ++single;
    begin = end;
  }
  return single;
}

}  // namespace

// The arrays behind a llama_batch.
struct LlamaMachine::Batch {
  explicit Batch(int capacity) : batch(llama_batch_init(capacity, 0, 1)) {}
  ~Batch() { llama_batch_free(batch); }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  void Add(const Row& row, bool output) {
    const int i = batch.n_tokens++;
    batch.token[i] = row.token;
    batch.pos[i] = row.position;
    batch.n_seq_id[i] = 1;
    batch.seq_id[i][0] = row.sequence;
    batch.logits[i] = output;
  }

  llama_batch batch;
};

LlamaMachine::LlamaMachine(std::shared_ptr<const LlamaModel> model,
                           const LlamaMachineOptions& options)
    : model_(std::move(model)),
      hidden_(options.output == LlamaOutput::kHidden),
      states_(hidden_),
      streams_(options.streams) {
  one_pass_ = hidden_ && model_->info().vocabulary <= options.small_vocabulary;
  std::string reason;
  try {
    reason = GuardLlama(
        [&] { context_ = llama_init_from_model(model_->get(), Params(options, one_pass_)); });
  } catch (const std::exception& failure) {
    reason = failure.what();
  }
  if (!context_) {
    throw Error::Format(
        "no context of {} cells and {} sequences for {} ({}); lower the context "
        "length or the width",
        options.cells, options.sequences, model_->info().path,
        reason.empty() ? "no reason given" : reason);
  }
  model_->Adapt(context_);
  batch_tokens_ = static_cast<int>(llama_n_batch(context_));
  batch_ = std::make_unique<Batch>(batch_tokens_);
}

LlamaMachine::~LlamaMachine() {
  batch_.reset();
  if (context_) llama_free(context_);
}

EvaluateStatus LlamaMachine::Evaluate(std::span<const Row> rows) {
  output_index_.assign(rows.size(), -1);
  std::vector<int> unwanted, wanted;
  for (int i = 0; i < static_cast<int>(rows.size()); ++i) {
    const bool apart = states_ && !one_pass_ && !rows[i].output;
    (apart ? unwanted : wanted).push_back(i);
  }
  if (!unwanted.empty()) {
    const EvaluateStatus status = Decode(rows, unwanted, false);
    if (status != EvaluateStatus::kDone || wanted.empty()) return status;
  }
  try {
    const EvaluateStatus status = Decode(rows, wanted, states_);
    if (status != EvaluateStatus::kDone) Cut(rows, unwanted);
    return status;
  } catch (...) {
    Cut(rows, unwanted);
    throw;
  }
}

EvaluateStatus LlamaMachine::Decode(std::span<const Row> rows, std::span<const int> chosen,
                                    bool embeddings) {
  batch_->batch.n_tokens = 0;
  fillers_.clear();  // of a call that threw
  std::vector<int> ordered(chosen.begin(), chosen.end());
  if (streams_) {
    std::ranges::stable_sort(ordered, {}, [&](int i) { return rows[i].sequence; });
  }
  int gaps_room = streams_ && SingleRows(rows, ordered) > 1
                      ? batch_tokens_ - static_cast<int>(chosen.size())
                      : 0;
  int last = rows[ordered.front()].sequence;
  for (const int i : ordered) {
    const Row& row = rows[i];
    const int gap = row.sequence - last - 1;
    if (gap > 0 && gap <= std::min(kLongestFilledGap, gaps_room)) {
      FillGap(last + 1, row.sequence, embeddings);
      gaps_room -= gap;
    }
    last = row.sequence;
    output_index_[i] = row.output ? batch_->batch.n_tokens : -1;
    batch_->Add(row, row.output || embeddings);
  }
  if (states_ && !one_pass_) llama_set_embeddings(context_, embeddings);
  const int result = llama_decode(context_, batch_->batch);
  ForgetFillers();
  if (result == 0) return EvaluateStatus::kDone;
  if (result == 1) return EvaluateStatus::kNoCells;
  Cut(rows, chosen);  // earlier micro-batches stay resident after a failure
  throw Error::Format(
      "llama.cpp could not evaluate {} tokens of {} (code {}); the device may be "
      "out of memory: lower the width or the context length",
      chosen.size(), model_->info().path, result);
}

void LlamaMachine::SetThreads(int threads) { llama_set_n_threads(context_, threads, threads); }

// A row in each of the sequences [begin, end), whose result nobody reads.
void LlamaMachine::FillGap(int begin, int end, bool embeddings) {
  llama_memory_t memory = llama_get_memory(context_);
  for (int sequence = begin; sequence < end; ++sequence) {
    fillers_.push_back(
        {.position = llama_memory_seq_pos_max(memory, sequence) + 1, .sequence = sequence});
    batch_->Add(fillers_.back(), /*output=*/embeddings);
  }
}

void LlamaMachine::ForgetFillers() {
  for (const Row& filler : fillers_) Remove(filler.sequence, filler.position);
  fillers_.clear();
}

// Removes the chosen rows from the memory again.
void LlamaMachine::Cut(std::span<const Row> rows, std::span<const int> chosen) {
  for (auto row = chosen.rbegin(); row != chosen.rend(); ++row) {
    Remove(rows[*row].sequence, rows[*row].position);
  }
}

std::span<const float> LlamaMachine::Output(int row) {
  if (hidden_) return State(row);
  return {llama_get_logits_ith(context_, output_index_[row]),
          static_cast<size_t>(model_->info().vocabulary)};
}

void LlamaMachine::KeepStates(bool keep) {
  if (hidden_) return;
  states_ = keep;
  llama_set_embeddings(context_, false);
}

std::span<const float> LlamaMachine::State(int row) {
  return {llama_get_embeddings_ith(context_, output_index_[row]),
          static_cast<size_t>(model_->info().width)};
}

void LlamaMachine::Remove(int sequence, int from) {
  llama_memory_seq_rm(llama_get_memory(context_), sequence, from, -1);
}

void LlamaMachine::Share(int source, int target, int begin, int end) {
  llama_memory_t memory = llama_get_memory(context_);
  if (!streams_) {
    llama_memory_seq_cp(memory, source, target, begin, end);
    return;
  }
  llama_memory_seq_cp(memory, source, target, -1, -1);  // llama.cpp copies streams whole
  Remove(target, end);
}

}  // namespace pgts::llm
