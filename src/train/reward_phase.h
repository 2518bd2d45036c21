// SPDX-License-Identifier: Apache-2.0
// Phase 1 in two halves: labelled steps from the generator, and a reward model trained on them, of
// whatever kind (reward/kind.h), with what the gate will read.
#pragma once

#include <memory>
#include <string>

#include "eval/session.h"
#include "model/decoder_shape.h"
#include "reward/data_builder.h"
#include "reward/reward_model.h"
#include "train/run_config.h"
#include "train/run_folder.h"

namespace pgts::train {

// The model that is trained or read: reward_model.model_name, by default the generator.
const std::string& BaseModelPath(const RunConfig& config);
// reward_model.kind, auto resolved.
reward::Kind RewardKind(const RunConfig& config);
// Of the base, where it is trained; Error, with the other way, for a file that cannot be.
model::DecoderShape TrainableShape(const RunConfig& config);
model::LoraShape Lora(const RunConfig& config);

// The first half: labelled steps in reward_data/, and a resume state after every chunk of them. The
// session must have a store and no scorer yet.
reward::StepData MakeRewardData(const RunConfig& config, eval::Session& session,
                                const RunFolder& folder);

// The second half: trains on what reward_training leaves of `data`, measures beside a bag of words
// and writes reward_model_final/ of `to`. What a frozen base makes of the data is kept beside it,
// in reward_data/ of `from`.
struct RewardRuns {
  const RunFolder& from;
  const RunFolder& to;
};
void TrainRewardModel(const RunConfig& config, eval::Session& session, reward::StepData data,
                      const RewardRuns& runs);

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
