// SPDX-License-Identifier: Apache-2.0
#include "session/policy_wiring.h"

#include "session/run_folder.h"

namespace pgts::session {

policy::SearchConditions Conditions(const RunConfig& config, const Session& session) {
  return {.scorer_hash = session.scorer_hash(), .limits = ToLimits(config.search)};
}

std::shared_ptr<policy::GpsNetwork> LoadPolicy(const std::string& given, const RunConfig& config,
                                               const Session& session) {
  return policy::ReadPolicy(ResolvePolicy(given), Conditions(config, session));
}

}  // namespace pgts::session
