// SPDX-License-Identifier: Apache-2.0
// A trained policy as commands use it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "policy/network_policy.h"

namespace pgts::cli {

struct LoadedPolicy {
  std::unique_ptr<policy::NetworkPolicy> policy;
  int64_t parameters = 0;
};

LoadedPolicy LoadPolicy(const std::string& path, policy::DecisionRule rule);

}  // namespace pgts::cli
