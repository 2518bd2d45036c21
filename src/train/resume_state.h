// SPDX-License-Identifier: Apache-2.0
// The rolling resume state of phase 2: written after every iteration, beside the checkpoints. It
// holds the length of every append-only file; a resumed run cuts them to it and repeats the
// iteration that was under way, byte for byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "train/run_folder.h"
#include "world/store.h"

namespace pgts::train {

// What validation is compared with: another method on the same problems.
struct ValidationLine {
  double accuracy = 0;
  double tokens = 0;  // generated, a problem
};

struct ResumeState {
  int iteration = 0;          // PPO iterations done; the warm start is done before the first
  world::StoreLengths store;
  int64_t metrics = 0;        // bytes of metrics.jsonl
  int64_t events = 0;         // bytes of the TensorBoard file
  int64_t trajectories = 0;   // bytes of trajectories/train.jsonl
  int best_iteration = -1;    // of the validations so far
  double best_return = 0;
  double teacher_branch_below = 0, teacher_terminate_above = 0;
  ValidationLine validation_cot, validation_teacher;
  double seconds = 0;         // of phase 2 so far
};

// Atomic; the policy file of that iteration must be written before.
void WriteResumeState(const RunFolder& folder, const ResumeState& state);
// Nothing if phase 2 has not begun.
std::optional<ResumeState> ReadResumeState(const RunFolder& folder);

}  // namespace pgts::train
