// SPDX-License-Identifier: Apache-2.0
// Phase 1: labelled steps from the generator, a reward model fine-tuned on them, and the gate that
// says in words when they cannot work.
#pragma once

#include <string>

#include "eval/session.h"
#include "reward/reward_model.h"
#include "train/run_config.h"
#include "train/run_folder.h"

namespace pgts::train {

// The model that is fine-tuned: reward_model.model_name, by default the generator.
const std::string& BaseModelPath(const RunConfig& config);

// Writes reward_data/ and reward_model_final/, and a resume state after every chunk of the data.
// The session must have a store and no scorer yet.
reward::RewardModel RunRewardPhase(const RunConfig& config, eval::Session& session,
                                   const RunFolder& folder);

// Loads a reward model, checks that it fits the generator, and gives its scorer to the session.
reward::RewardModel UseRewardModel(const RunConfig& config, eval::Session& session,
                                   const std::string& reward_model_folder);

}  // namespace pgts::train
