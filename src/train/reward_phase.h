// SPDX-License-Identifier: Apache-2.0
// Phase 1 in two halves: labelled steps from the generator, and a reward model fine-tuned on them
// with what the gate will read.
#pragma once

#include <memory>
#include <string>

#include "eval/session.h"
#include "reward/data_builder.h"
#include "reward/reward_model.h"
#include "train/run_config.h"
#include "train/run_folder.h"

namespace pgts::train {

// The model that is fine-tuned: reward_model.model_name, by default the generator.
const std::string& BaseModelPath(const RunConfig& config);

// The first half: labelled steps in reward_data/, and a resume state after every chunk of them. The
// session must have a store and no scorer yet.
reward::StepData MakeRewardData(const RunConfig& config, eval::Session& session,
                                const RunFolder& folder);

// The second half: fine-tunes the base on what reward_training leaves of `data`, measures it beside
// a bag of words and writes reward_model_final/.
void TrainRewardModel(const RunConfig& config, eval::Session& session, reward::StepData data,
                      const RunFolder& folder);

// Both, as `pgts train` does them; that the base can read the generator's tokens is known before
// the first of them begins.
void RunRewardPhase(const RunConfig& config, eval::Session& session, const RunFolder& folder);

// A reward model that fits the session's generator (Error otherwise), and its scorer.
struct LoadedRewardModel {
  reward::RewardModel model;
  std::unique_ptr<reward::LlamaScorer> scorer;
};
LoadedRewardModel LoadRewardModel(const RunConfig& config, eval::Session& session,
                                  const std::string& reward_model_folder);

// The same, with the scorer given to the session.
reward::RewardModel UseRewardModel(const RunConfig& config, eval::Session& session,
                                   const std::string& reward_model_folder);

}  // namespace pgts::train
