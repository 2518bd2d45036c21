// SPDX-License-Identifier: Apache-2.0
// Phase 1 in two halves: labelled steps from the generator, and a reward model of any kind
// (reward/kind.h) trained on them, with the numbers that the gate reads.
#pragma once

#include "labels/data_builder.h"
#include "session/run_config.h"
#include "session/run_folder.h"
#include "session/session.h"

namespace pgts::train {

// Of the engine that reads hidden states: it fills batches with few walkers, and more would only
// take memory.
inline constexpr int kReadingWidth = 16;

// The first half: labelled steps in reward_data/, and a resume state after every chunk of them. The
// session must have a store and no scorer yet.
labels::StepData MakeRewardData(const session::RunConfig& config, session::Session& session,
                                const session::RunFolder& folder);

// The second half: trains on what the filters of reward_training leave of `data`, measures the
// result and a bag of words, and writes reward_model_final/ of `to`. The hidden states of a frozen
// base are kept beside the data, in reward_data/ of `from`.
struct RewardRuns {
  const session::RunFolder& from;
  const session::RunFolder& to;
};
void TrainRewardModel(const session::RunConfig& config, session::Session& session,
                      labels::StepData data, const RewardRuns& runs);

// Both, for `pgts train`. Whether the base can read the generator's tokens is checked first.
void RunRewardPhase(const session::RunConfig& config, session::Session& session,
                    const session::RunFolder& folder);

}  // namespace pgts::train
