// SPDX-License-Identifier: Apache-2.0
// A whole training run: phase 1, the gate, phase 2, in one folder, resumable anywhere.
#pragma once

#include <string>

#include "eval/session.h"
#include "train/run_config.h"
#include "train/run_folder.h"

namespace pgts::train {

struct TrainRequest {
  RunFolder folder;
  bool resume = false;
};

// The session of a run's configuration.
eval::SessionOptions ToSessionOptions(const RunConfig& config, std::string store_folder);

// A reward model that was trained elsewhere becomes part of a run, so that the folder is whole.
// Train does not train another then.
void AdoptRewardModel(const std::string& from, const RunFolder& folder);

void Train(const RunConfig& config, const TrainRequest& request);

}  // namespace pgts::train
