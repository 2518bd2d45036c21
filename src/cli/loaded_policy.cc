// SPDX-License-Identifier: Apache-2.0
#include "cli/loaded_policy.h"

#include "policy/checkpoint.h"
#include "policy/gps_network.h"

namespace pgts::cli {

LoadedPolicy LoadPolicy(const std::string& path, policy::DecisionRule rule) {
  const std::shared_ptr<policy::GpsNetwork> network = policy::LoadPolicy(path).network;
  LoadedPolicy loaded;
  for (const auto& [name, weight] : network->Weights()) loaded.parameters += weight.numel();
  loaded.policy = std::make_unique<policy::NetworkPolicy>(network, rule);
  return loaded;
}

}  // namespace pgts::cli
