// SPDX-License-Identifier: Apache-2.0
// A reward model as a user names it.
#pragma once

#include <string>

#include "session/run_folder.h"

namespace pgts::cli {

struct RewardModelPlace {
  std::string folder;       // that holds reward_model.json
  std::string base_config;  // config.yaml of its run; empty: it belongs to none
};

// `given` (--reward-model-path, the newest of a `*`), or else the run's; "" where there is neither.
std::string RewardModelPath(const std::string& given, const session::RunFolder& run);

// A run means its reward_model_final/; a `*` is resolved to the newest match. Error where there is
// none.
RewardModelPlace FindRewardModel(const std::string& given);

}  // namespace pgts::cli
