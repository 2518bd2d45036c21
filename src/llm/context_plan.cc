// SPDX-License-Identifier: Apache-2.0
#include "llm/context_plan.h"

#include <unistd.h>

#include <algorithm>
#include <thread>

#include "base/error.h"
#include "llm/llama_devices.h"

namespace pgts::llm {
namespace {

constexpr int64_t kSmallModel = 20'000'000;  // parameters; below, attention outweighs weights
constexpr int kSmallModelWidth = 4;          // measured: see engine_options.h
constexpr int kLargeModelWidth = 16;         // at least: a context reads all weights
constexpr int kSmallModelSlice = 16;
constexpr int kLargeModelSlice = 4;
constexpr int kSmallModelBatch = 64;  // scratch memory grows with it: docs/PERFORMANCE.md, "Memory"
constexpr int kLargeModelBatch = 512;
constexpr int64_t kLeastKvBytes = int64_t{1} << 30;
constexpr int64_t kMostStreamBytes = int64_t{4} << 30;
constexpr int64_t kMostCells = 1 << 30;
constexpr int kCellStep = 256;  // llama.cpp rounds a context up to this

void RequireRange(const char* name, int value, int least, int most) {
  if (value >= least && value <= most) return;
  throw Error::Format("engine option {} = {} is outside {} to {}", name, value, least, most);
}

int Ceiling(int64_t a, int64_t b) { return static_cast<int>((a + b - 1) / b); }

// A GPU is there for the models: its KV memory may have half of what is free, in whole GiB, so
// that what is free may vary a little. The other half is for the next model and for scratch memory.
int64_t DefaultKvBytes(int64_t gpu_bytes) {
  return std::max(kLeastKvBytes, gpu_bytes / 2 / kLeastKvBytes * kLeastKvBytes);
}

int64_t DefaultCells(const EngineOptions& options, int context, const ModelInfo& model,
                     int64_t gpu_bytes) {
  const int64_t affordable =
      DefaultKvBytes(gpu_bytes) / std::max<int64_t>(1, model.kv_bytes_per_token);
  return std::clamp<int64_t>(int64_t{options.width} * context, context,
                             std::max<int64_t>(context, affordable));
}

int DefaultPoolSize(const EngineOptions& options, bool small, int threads, bool on_gpu) {
  if (on_gpu) return 1;
  if (small) return Ceiling(options.width, kSmallModelWidth);
  return std::clamp(options.width / kLargeModelWidth, 1, threads);
}

int BatchTokens(bool small, int width) {
  return small ? std::max(kSmallModelBatch, width) : kLargeModelBatch;
}

// Streams are taken in full from the start, by each engine: generator and scorer. They
// may have an eighth of a CPU's memory each.
int64_t StreamBytes(int64_t gpu_bytes) {
  if (gpu_bytes > 0) return DefaultKvBytes(gpu_bytes);
  const int64_t machine = int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  return std::min(kMostStreamBytes, machine / 8);
}

// The cells of a context whose sequences each hold `context` tokens and one that fills a gap
// (LlamaKvBackend); 0 if they are more than there may be.
int StreamCells(const EngineOptions& options, const ContextPlan& plan, int context,
                const ModelInfo& model, int64_t most_bytes) {
  const int64_t sequences = int64_t{plan.batcher.sequences} * plan.pool_size;
  const int64_t cells = int64_t{Ceiling(context + 1, kCellStep)} * kCellStep;
  const int64_t context_cells = cells * plan.batcher.sequences;
  const bool enough = options.cells > 0
                          ? int64_t{options.width} * context <= options.cells
                          : sequences * cells * model.kv_bytes_per_token <= most_bytes;
  return enough && context_cells <= kMostCells ? static_cast<int>(context_cells) : 0;
}

// The longest context of streams that there is memory for; 0: none.
int LongestStream(const ContextPlan& plan, const ModelInfo& model, int64_t most_bytes) {
  const int64_t sequences = int64_t{plan.batcher.sequences} * plan.pool_size;
  const int64_t cells = most_bytes / (sequences * std::max<int64_t>(1, model.kv_bytes_per_token));
  return std::max(0, static_cast<int>(cells / kCellStep * kCellStep) - 1);
}

}  // namespace

KvLayout ParseKvLayout(std::string_view name) {
  if (name == "auto") return KvLayout::kAuto;
  if (name == "unified") return KvLayout::kUnified;
  if (name == "streams") return KvLayout::kStreams;
  throw Error::Format("layout '{}' is not one of auto, unified, streams", name);
}

ContextPlan PlanContexts(const EngineOptions& options, const ModelInfo& model, int64_t gpu_bytes,
                         ContextUse use) {
  // Named as the user's options are: `lanes` is the pool's size, `turn` the slice.
  RequireRange("width", options.width, 1, 4096);
  RequireRange("lanes", options.pool_size, 0, options.width);
  RequireRange("context", options.context, 2, 1 << 24);
  RequireRange("cells", options.cells, 0, 1 << 30);
  RequireRange("threads", options.threads, 0, 1024);
  RequireRange("turn", options.slice, 0, 1 << 16);
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int threads = options.threads > 0 ? options.threads : cores;

  const bool on_gpu = gpu_bytes > 0;
  const bool small = !on_gpu && model.parameters <= kSmallModel;

  int context = options.context;
  if (model.context_train > 0) context = std::min(context, model.context_train);
  ContextPlan plan;
  plan.pool_size =
      options.pool_size > 0 ? options.pool_size : DefaultPoolSize(options, small, threads, on_gpu);
  // Scarce cells serve better together, and those of each context must hold a whole sequence.
  if (options.pool_size == 0 && options.cells > 0) {
    plan.pool_size = std::clamp(options.cells / context, 1, plan.pool_size);
  }
  plan.batcher.width = Ceiling(options.width, plan.pool_size);
  plan.batcher.sequences = plan.batcher.width;
  RequireRange("width per context", plan.batcher.width, 1, 256);
  plan.batch_tokens = BatchTokens(small, plan.batcher.width);
  plan.outputs = plan.batcher.sequences;
  const bool apt =
      options.layout == KvLayout::kAuto ? !small && !on_gpu : options.layout == KvLayout::kStreams;
  if (apt) {
    const int64_t most_bytes = StreamBytes(gpu_bytes);
    plan.cells = StreamCells(options, plan, context, model, most_bytes);
    plan.streams = plan.cells > 0;
    if (!plan.streams && options.cells == 0) {
      plan.streams_would_fit = LongestStream(plan, model, most_bytes);
    }
    if (!plan.streams && options.layout == KvLayout::kStreams) {
      throw Error::Format(
          "{} streams of {} tokens need more memory than there may be; lower the context length or "
          "the width",
          plan.batcher.sequences * plan.pool_size, context);
    }
  }
  if (!plan.streams) {
    const int64_t cells =
        options.cells > 0 ? options.cells : DefaultCells(options, context, model, gpu_bytes);
    plan.cells = Ceiling(Ceiling(cells, plan.pool_size), kCellStep) * kCellStep;
    if (options.cells == 0) plan.cells = std::max(plan.cells, context);
  }
  plan.batcher.context = std::min(context, plan.cells);
  plan.slice = options.slice > 0 ? options.slice : small ? kSmallModelSlice : kLargeModelSlice;
  // ggml knows one graph at a time of an RPC device (llm/llama_rpc.h).
  plan.workers = IsRpc(options.device) ? 1 : std::min(plan.pool_size, threads);
  plan.threads = small ? 1 : threads;
  plan.batcher.threads = std::max(1, plan.threads / plan.pool_size);
  // On a CPU llama.cpp's flash attention takes a sequence's rows one by one where there are fewer
  // than 64, as in most steps that are read.
  const bool flash = !small && !(plan.streams && use != ContextUse::kWrite && !on_gpu);
  plan.flash_attention = options.flash_attention < 0 ? flash : options.flash_attention > 0;
  return plan;
}

}  // namespace pgts::llm
