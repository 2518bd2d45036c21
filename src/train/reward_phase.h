// SPDX-License-Identifier: Apache-2.0
// Phase 1 in two halves: labelled steps from the generator, and a reward model trained on them, of
// whatever kind (reward/kind.h), with what the gate will read.
#pragma once

#include <memory>
#include <string>

#include "session/session.h"
#include "labels/data_builder.h"
#include "session/run_config.h"
#include "session/run_folder.h"

namespace pgts::train {

// The first half: labelled steps in reward_data/, and a resume state after every chunk of them. The
// session must have a store and no scorer yet.
labels::StepData MakeRewardData(const session::RunConfig& config, session::Session& session,
                                const session::RunFolder& folder);

// The second half: trains on what reward_training leaves of `data`, measures beside a bag of words
// and writes reward_model_final/ of `to`. What a frozen base makes of the data is kept beside it,
// in reward_data/ of `from`.
struct RewardRuns {
  const session::RunFolder& from;
  const session::RunFolder& to;
};
void TrainRewardModel(const session::RunConfig& config, session::Session& session, labels::StepData data,
                      const RewardRuns& runs);

// Both, as `pgts train` does them; that the base can read the generator's tokens is known before
// the first of them begins.
void RunRewardPhase(const session::RunConfig& config, session::Session& session, const session::RunFolder& folder);

}  // namespace pgts::train
