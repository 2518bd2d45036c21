// SPDX-License-Identifier: Apache-2.0
// How many lanes, how wide, on how many threads; and which lane answers which request.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "llm/engine_options.h"
#include "llm/lane.h"
#include "llm/model_info.h"

namespace pgts::llm {

// What the lanes do: evaluate a token of each sequence at a time, or many of a few sequences.
enum class LaneUse { kWrite, kRead };

struct LanePlan {
  int lanes = 1;
  int workers = 1;  // threads that run lanes side by side
  int threads = 1;  // shared by the lanes that have work, each with lane.threads at least
  int lane_cells = 0;
  int batch_tokens = 1;  // most of one evaluation of a lane
  int turn = 1;          // evaluations of a lane before steps that ended are handed back
  bool streams = false;  // see KvLayout; never kAuto here
  // Where streams were called for and need more memory than there may be: the longest context, in
  // tokens, for which they would not; else 0.
  int streams_would_fit = 0;
  bool flash_attention = false;
  LaneOptions lane;
};

// `gpu_bytes`: memory of the model's GPU that is free yet; 0: it runs on the CPU. Error for values
// out of range, or streams that the cells do not suffice for.
LanePlan PlanLanes(const EngineOptions& options, const ModelInfo& model, int64_t gpu_bytes,
                   LaneUse use);

// A request as the assignment sees it.
struct Visit {
  uint64_t walker = 0;
  PrefixPtr prefix;
};

// The lane of each visit: where the walker already has a part of its path; else where the path's
// beginning is resident or was just sent to, if that lane is not overfull; else the lane with the
// least to do (ties: the lowest). A walker that comes anew goes only where there is a sequence for
// it, its own or nobody's, as long as there is one: else it would push out a walker that waits for
// its score. A function of the arguments alone; who moves has to leave its old lane.
std::vector<int> AssignLanes(std::span<const Visit> visits, std::span<const Lane* const> lanes);

}  // namespace pgts::llm
