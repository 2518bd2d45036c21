// SPDX-License-Identifier: Apache-2.0
// Where phase 2 begins: at each price of a token the best threshold heuristic over the same four
// actions is found on training problems, and the policy imitates it.
#pragma once

#include <vector>

#include "search/heuristic_policy.h"
#include "session/run_config.h"
#include "session/session.h"
#include "train/problem_sequence.h"

namespace pgts::policy {
class GpsNetwork;
}

namespace pgts::train {

// `problems`: what may be used of the training split; the first of them are. Returns the teacher,
// for search::HeuristicPolicy::ForPrices.
std::vector<search::PricedRule> WarmStart(const session::RunConfig& config,
                                          session::Session& session,
                                          const ProblemSequence::Range& problems,
                                          policy::GpsNetwork& network);

}  // namespace pgts::train
