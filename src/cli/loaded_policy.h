// SPDX-License-Identifier: Apache-2.0
// A trained policy as commands use it, and what comes with it: its run folder, whose configuration
// and reward model are used where no others are given.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "policy/network_policy.h"
#include "session/run_folder.h"

namespace pgts::cli {

struct LoadedPolicy {
  std::unique_ptr<policy::NetworkPolicy> policy;
  int64_t parameters = 0;
};

// A checkpoint, or the run folder, whose final policy is meant.
LoadedPolicy LoadPolicy(const std::string& given, policy::DecisionRule rule);

// Where the run behind this --policy-checkpoint keeps its files; no path where none was given.
session::RunFolder RunOf(const std::string& policy_checkpoint);

// `given` (--reward-model-path, the newest of a `*`), or else the run's; "" where there is neither.
std::string RewardModelPath(const std::string& given, const session::RunFolder& run);

}  // namespace pgts::cli
