// SPDX-License-Identifier: Apache-2.0
// A whole training run: phase 1, the gate, phase 2, in one folder, resumable anywhere. And phase
// 1's halves by themselves, in a folder that Train goes on with.
#pragma once

#include <string>

#include "session/session.h"
#include "session/run_config.h"
#include "session/run_folder.h"

namespace pgts::train {

struct TrainRequest {
  session::RunFolder folder;
  bool resume = false;
};

// A reward model that was trained elsewhere becomes part of a run, so that the folder is whole.
// Train does not train another then.
void AdoptRewardModel(const std::string& from, const session::RunFolder& folder);

void Train(const session::RunConfig& config, const TrainRequest& request);

// Phase 1's first half alone. Where the run has a reward model already, the data that it learnt
// from is read back, never made again. `export_folder` (empty: none) gets it as labels/trl.h writes
// it.
void MakeData(const session::RunConfig& config, const TrainRequest& request,
              const std::string& export_folder);

// Phase 1's second half alone: from the data of the run `from` (it may be the same) to the reward
// model of `to`. Error where `from` has no finished data.
void TrainReward(const session::RunConfig& config, const session::RunFolder& from, const session::RunFolder& to);

}  // namespace pgts::train
