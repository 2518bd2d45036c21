// SPDX-License-Identifier: Apache-2.0
// From a run's configuration to its policy.
#pragma once

#include <memory>
#include <string>

#include "policy/checkpoint.h"
#include "session/run_config.h"
#include "session/session.h"

namespace pgts::session {

// What a policy meets in this configuration's searches, with the scorer that the session has now.
policy::SearchConditions Conditions(const RunConfig& config, const Session& session);

// A trained policy as the user names it (ResolvePolicy). Error where it cannot search here: that
// is known once the session has its scorer.
std::shared_ptr<policy::GpsNetwork> LoadPolicy(const std::string& given, const RunConfig& config,
                                               const Session& session);

}  // namespace pgts::session
