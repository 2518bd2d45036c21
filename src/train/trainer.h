// SPDX-License-Identifier: Apache-2.0
// A whole training run in one folder: phase 1, the gate, phase 2; it can be resumed at any point.
// Also each half of phase 1 by itself, in a folder that Train continues.
#pragma once

#include <string>

#include "session/run_config.h"
#include "session/run_folder.h"

namespace pgts::train {

struct TrainRequest {
  session::RunFolder folder;
  bool resume = false;
};

// Copies a reward model that was trained elsewhere into a run, so that the folder is whole. Train
// then trains no other.
void AdoptRewardModel(const std::string& from, const session::RunFolder& folder);

void Train(const session::RunConfig& config, const TrainRequest& request);

// Phase 1's first half alone: labelled steps. If the run has a reward model already, the data that
// it learnt from is read back, never made again. `export_folder` (empty: none) receives the data in
// the format of labels/trl.h.
void MakeData(const session::RunConfig& config, const TrainRequest& request,
              const std::string& export_folder);

// Phase 1's second half alone: trains the reward model of `to` on the data of `from`, which may be
// the same run. Error if `from` has no finished data.
void TrainReward(const session::RunConfig& config, const session::RunFolder& from,
                 const session::RunFolder& to);

}  // namespace pgts::train
