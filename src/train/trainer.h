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
  bool skip_reward_training = false;
  std::string reward_model_path;  // with skip_reward_training
};

// The session of a run's configuration.
eval::SessionOptions ToSessionOptions(const RunConfig& config, std::string store_folder);

void Train(const RunConfig& config, const TrainRequest& request);

}  // namespace pgts::train
