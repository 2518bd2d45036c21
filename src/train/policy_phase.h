// SPDX-License-Identifier: Apache-2.0
// Phase 2: the policy imitates the best threshold heuristic, then PPO improves it.
//
// One iteration: every problem of it is searched by PGTS itself (sampled actions, in one world for
// all rollouts of a problem), the searches are graded, PPO learns from their trajectories. The
// world of a visit is its epoch (earlier visits to the problem) mod world_epochs.
//
// The final policy is the one with the best mean return on the fixed validation problems.
#pragma once

#include "session/run_config.h"
#include "session/run_folder.h"
#include "session/session.h"
#include "train/resume_state.h"

namespace pgts::train {

// The session needs its scorer and a store. `state`: where to go on.
void RunPolicyPhase(const session::RunConfig& config, session::Session& session,
                    const session::RunFolder& folder, const ResumeState& state);

}  // namespace pgts::train
