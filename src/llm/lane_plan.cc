// SPDX-License-Identifier: Apache-2.0
#include "llm/lane_plan.h"

#include <unistd.h>

#include <algorithm>
#include <thread>
#include <unordered_map>

#include "base/error.h"

namespace pgts::llm {
namespace {

constexpr int64_t kSmallModel = 20'000'000;  // parameters; below, attention outweighs weights
constexpr int kSmallModelLaneWidth = 4;      // measured: see engine_options.h
constexpr int kLargeModelLaneWidth = 16;     // at least: a lane reads all weights
constexpr int kSmallModelTurn = 16;
constexpr int kLargeModelTurn = 4;
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

int DefaultLanes(const EngineOptions& options, bool small, int threads, bool on_gpu) {
  if (on_gpu) return 1;
  if (small) return Ceiling(options.width, kSmallModelLaneWidth);
  return std::clamp(options.width / kLargeModelLaneWidth, 1, threads);
}

// Streams are taken in full from the start, by each engine: generator, scorer and likelihood. They
// may have an eighth of a CPU's memory each.
int64_t StreamBytes(int64_t gpu_bytes) {
  if (gpu_bytes > 0) return DefaultKvBytes(gpu_bytes);
  const int64_t machine = int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  return std::min(kMostStreamBytes, machine / 8);
}

// The cells of a lane whose sequences each hold `context` tokens and one that fills a gap
// (LlamaMachine); 0 if they are more than there may be.
int StreamCells(const EngineOptions& options, const LanePlan& plan, int context,
                const ModelInfo& model, int64_t most_bytes) {
  const int64_t sequences = int64_t{plan.lane.sequences} * plan.lanes;
  const int64_t cells = int64_t{Ceiling(context + 1, kCellStep)} * kCellStep;
  const int64_t lane_cells = cells * plan.lane.sequences;
  const bool enough = options.cells > 0
                          ? int64_t{options.width} * context <= options.cells
                          : sequences * cells * model.kv_bytes_per_token <= most_bytes;
  return enough && lane_cells <= kMostCells ? static_cast<int>(lane_cells) : 0;
}

// The longest context of streams that there is memory for; 0: none.
int LongestStream(const LanePlan& plan, const ModelInfo& model, int64_t most_bytes) {
  const int64_t sequences = int64_t{plan.lane.sequences} * plan.lanes;
  const int64_t cells = most_bytes / (sequences * std::max<int64_t>(1, model.kv_bytes_per_token));
  return std::max(0, static_cast<int>(cells / kCellStep * kCellStep) - 1);
}

class Assignment {
 public:
  Assignment(std::span<const Lane* const> lanes, int64_t visits)
      : lanes_(lanes), load_(lanes.size(), 0) {
    int64_t jobs = visits;
    for (size_t i = 0; i < lanes.size(); ++i) {
      jobs += load_[i] = lanes[i]->jobs();
      unseated_.push_back(lanes[i]->residency().unseated());
    }
    fair_ = Ceiling(jobs, static_cast<int64_t>(lanes.size()));
  }

  int Choose(const Visit& visit) {
    const std::vector<Token> path = PathTokens(*visit.prefix);
    const int root_length = RootLength(*visit.prefix);
    const uint64_t root_hash =
        ExtendPathHash(kEmptyPathHash, std::span(path).first(static_cast<size_t>(root_length)));
    // Less than half a prompt, such as a system text, is not worth an uneven load.
    const int worth = (root_length + 1) / 2;
    int lane =
        Best(worth, [&](int i) { return lanes_[i]->residency().ResidentOf(visit.walker, path); });
    const int home = Home(visit.walker);
    const auto has_room = [&](int i) { return Open(i) && (i == home || unseated_[i] > 0); };
    if (lane < 0) {
      lane = Best(worth, [&](int i) {
        return has_room(i) ? lanes_[i]->residency().LongestResident(path) : 0;
      });
    }
    if (const auto found = sent_.find(root_hash);
        lane < 0 && found != sent_.end() && has_room(found->second)) {
      lane = found->second;
    }
    if (lane < 0) lane = LeastLoaded(has_room);
    if (lane < 0) lane = LeastLoaded([](int) { return true; });
    sent_[root_hash] = lane;
    ++load_[lane];
    Seat(visit.walker, home, lane);
    return lane;
  }

 private:
  bool Open(int lane) const { return load_[lane] < std::max(fair_, lanes_[lane]->options().width); }

  // Where the walker has a sequence; -1: nowhere.
  int Home(uint64_t walker) const {
    if (const auto moved = seated_.find(walker); moved != seated_.end()) return moved->second;
    for (int i = 0; i < static_cast<int>(lanes_.size()); ++i) {
      if (lanes_[i]->residency().Seats(walker)) return i;
    }
    return -1;
  }

  void Seat(uint64_t walker, int home, int lane) {
    seated_[walker] = lane;
    if (home == lane) return;
    if (home >= 0) ++unseated_[home];
    --unseated_[lane];
  }

  template <typename Allowed>
  int LeastLoaded(Allowed allowed) const {
    int best = -1;
    for (int i = 0; i < static_cast<int>(lanes_.size()); ++i) {
      if (allowed(i) && (best < 0 || load_[i] < load_[best])) best = i;
    }
    return best;
  }

  // The lane with the most tokens, if they reach `least`; else -1.
  template <typename Tokens>
  int Best(int least, Tokens tokens) const {
    int best = -1, most = std::max(least, 1) - 1;
    for (int i = 0; i < static_cast<int>(lanes_.size()); ++i) {
      const int held = tokens(i);
      if (held > most) best = i, most = held;
    }
    return best;
  }

  std::span<const Lane* const> lanes_;
  int fair_ = 0;
  std::vector<int> load_;                     // jobs
  std::vector<int> unseated_;                 // sequences that no walker has
  std::unordered_map<uint64_t, int> seated_;  // walkers chosen for so far, to their lanes
  std::unordered_map<uint64_t, int> sent_;    // hash of a root to the lane it was last sent to
};

}  // namespace

KvLayout ParseKvLayout(std::string_view name) {
  if (name == "auto") return KvLayout::kAuto;
  if (name == "unified") return KvLayout::kUnified;
  if (name == "streams") return KvLayout::kStreams;
  throw Error::Format("layout '{}' is not one of auto, unified, streams", name);
}

LanePlan PlanLanes(const EngineOptions& options, const ModelInfo& model, int64_t gpu_bytes,
                   LaneUse use) {
  RequireRange("width", options.width, 1, 4096);
  RequireRange("lanes", options.lanes, 0, options.width);
  RequireRange("context", options.context, 2, 1 << 24);
  RequireRange("cells", options.cells, 0, 1 << 30);
  RequireRange("threads", options.threads, 0, 1024);
  RequireRange("turn", options.turn, 0, 1 << 16);
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int threads = options.threads > 0 ? options.threads : cores;

  const bool on_gpu = gpu_bytes > 0;
  const bool small = !on_gpu && model.parameters <= kSmallModel;

  int context = options.context;
  if (model.context_train > 0) context = std::min(context, model.context_train);
  LanePlan plan;
  plan.lanes = options.lanes > 0 ? options.lanes : DefaultLanes(options, small, threads, on_gpu);
  // Scarce cells serve better together, and each lane's must hold a whole context.
  if (options.lanes == 0 && options.cells > 0) {
    plan.lanes = std::clamp(options.cells / context, 1, plan.lanes);
  }
  plan.lane.width = Ceiling(options.width, plan.lanes);
  plan.lane.sequences = plan.lane.width;
  RequireRange("width per lane", plan.lane.width, 1, 256);
  plan.batch_tokens = small ? std::max(kSmallModelBatch, plan.lane.width) : kLargeModelBatch;
  const bool apt =
      options.layout == KvLayout::kAuto ? !small && !on_gpu : options.layout == KvLayout::kStreams;
  if (apt) {
    const int64_t most_bytes = StreamBytes(gpu_bytes);
    plan.lane_cells = StreamCells(options, plan, context, model, most_bytes);
    plan.streams = plan.lane_cells > 0;
    if (!plan.streams && options.cells == 0) {
      plan.streams_would_fit = LongestStream(plan, model, most_bytes);
    }
    if (!plan.streams && options.layout == KvLayout::kStreams) {
      throw Error::Format(
          "{} streams of {} tokens need more memory than there may be; lower the context length or "
          "the width",
          plan.lane.sequences * plan.lanes, context);
    }
  }
  if (!plan.streams) {
    const int64_t cells =
        options.cells > 0 ? options.cells : DefaultCells(options, context, model, gpu_bytes);
    plan.lane_cells = Ceiling(Ceiling(cells, plan.lanes), kCellStep) * kCellStep;
    if (options.cells == 0) plan.lane_cells = std::max(plan.lane_cells, context);
  }
  plan.lane.context = std::min(context, plan.lane_cells);
  plan.turn = options.turn > 0 ? options.turn : small ? kSmallModelTurn : kLargeModelTurn;
  plan.workers = std::min(plan.lanes, threads);
  plan.threads = small ? 1 : threads;
  plan.lane.threads = std::max(1, plan.threads / plan.lanes);
  // On a CPU llama.cpp's flash attention takes a sequence's rows one by one where there are fewer
  // than 64, as in most steps that are read.
  const bool flash = !small && !(plan.streams && use == LaneUse::kRead && !on_gpu);
  plan.flash_attention = options.flash_attention < 0 ? flash : options.flash_attention > 0;
  return plan;
}

std::vector<int> AssignLanes(std::span<const Visit> visits, std::span<const Lane* const> lanes) {
  if (lanes.size() == 1) return std::vector<int>(visits.size(), 0);
  Assignment assignment(lanes, static_cast<int64_t>(visits.size()));
  std::vector<int> chosen;
  for (const Visit& visit : visits) chosen.push_back(assignment.Choose(visit));
  return chosen;
}

}  // namespace pgts::llm
