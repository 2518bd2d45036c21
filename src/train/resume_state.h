// SPDX-License-Identifier: Apache-2.0
// The rolling resume state of a run: written after every chunk of phase 1's data and after every
// iteration of phase 2. It holds the length of every append-only file; a resumed run cuts them to
// it and repeats what was under way, byte for byte.
#pragma once

#include <cstdint>

#include "session/run_folder.h"
#include "world/store.h"

namespace pgts::train {

// Another method on the validation problems, which the policy is compared with.
struct ValidationLine {
  double accuracy = 0;
  double tokens = 0;  // generated per problem
};

// As constructed: nothing is finished yet.
struct ResumeState {
  int iteration = -1;  // PPO iterations done; 0: the warm start is; -1: not even that
  world::StoreLengths store;
  int64_t metrics = 0;       // bytes of metrics.jsonl
  int64_t events = 0;        // bytes of the TensorBoard file
  int64_t trajectories = 0;  // bytes of trajectories/train.jsonl
  int best_iteration = -1;   // of the validations so far
  double best_return = 0;
  ValidationLine validation_cot, validation_teacher;
  double seconds = 0;  // of phase 2 so far

  bool InPhaseTwo() const { return iteration >= 0; }
};

// Atomic. The files whose lengths it holds must be synced before.
void WriteResumeState(const session::RunFolder& folder, const ResumeState& state);
// A ResumeState as constructed if there is no file; Error if it is of another version.
ResumeState ReadResumeState(const session::RunFolder& folder);

}  // namespace pgts::train
