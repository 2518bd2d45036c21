// SPDX-License-Identifier: Apache-2.0
#include "cli/loaded_policy.h"

#include "base/files.h"
#include "policy/checkpoint.h"
#include "policy/gps_network.h"

namespace pgts::cli {

LoadedPolicy LoadPolicy(const std::string& given, policy::DecisionRule rule) {
  const std::shared_ptr<policy::GpsNetwork> network =
      policy::LoadPolicy(session::ResolvePolicy(given)).network;
  LoadedPolicy loaded;
  for (const auto& [name, weight] : network->Weights()) loaded.parameters += weight.numel();
  loaded.policy = std::make_unique<policy::NetworkPolicy>(network, rule);
  return loaded;
}

session::RunFolder RunOf(const std::string& policy_checkpoint) {
  if (policy_checkpoint.empty()) return {};
  return session::RunFolder::Owning(policy_checkpoint);
}

std::string RewardModelPath(const std::string& given, const session::RunFolder& run) {
  if (!given.empty()) return ResolveNewest(given);
  return run.path.empty() ? "" : run.RewardModel();
}

}  // namespace pgts::cli
