// SPDX-License-Identifier: Apache-2.0
// Where phase 2 begins: the best threshold heuristic over the same four actions is found on
// training problems, and the policy imitates it.
#pragma once

#include "search/heuristic_policy.h"
#include "session/run_config.h"
#include "session/session.h"
#include "train/problem_sequence.h"

namespace pgts::policy {
class GpsNetwork;
}

namespace pgts::train {

// `problems`: what may be used of the training split; the first of them are. Returns the teacher.
search::HeuristicRule WarmStart(const session::RunConfig& config, session::Session& session,
                                const ProblemSequence::Range& problems,
                                policy::GpsNetwork& network);

}  // namespace pgts::train
