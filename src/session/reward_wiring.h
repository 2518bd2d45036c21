// SPDX-License-Identifier: Apache-2.0
// From a run's configuration to its reward model: its base, the generator that it is made for, and
// the scorer that a session uses.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "llm/engine_options.h"
#include "llm/llama_model.h"
#include "model/decoder_shape.h"
#include "reward/reward_model.h"
#include "session/run_config.h"
#include "session/session.h"

namespace pgts::session {

// The model that is trained or read: reward_model.model_name, by default the generator.
const std::string& BaseModelPath(const RunConfig& config);
// reward_model.kind, auto resolved.
reward::Kind RewardKind(const RunConfig& config);
// The shape of the base that is trained. Error if it cannot be trained; it names the alternative.
model::DecoderShape TrainableShape(const RunConfig& config);
model::LoraShape Lora(const RunConfig& config);

// What a reward model is made for: the session's generator, and how it writes steps.
reward::GeneratorContract Contract(const RunConfig& config, Session& session);
// The base of a kind that llama.cpp runs. Where the base is the generator itself, on the same
// device, that is the session's own model.
std::shared_ptr<const llm::LlamaModel> LoadFrozenBase(const RunConfig& config, Session& session);
// The engine that the scorer reads with.
llm::EngineOptions ScorerEngine(const RunConfig& config);

// Error if the base's context, in tokens, is shorter than the longest path of the generator.
void CheckContexts(int64_t generator, int64_t base, const std::string& base_path);

// A reward model that fits the session's generator (Error otherwise), and its scorer.
struct LoadedRewardModel {
  reward::RewardModel model;
  std::unique_ptr<reward::LlamaScorer> scorer;
};
LoadedRewardModel LoadRewardModel(const RunConfig& config, Session& session,
                                  const std::string& reward_model_folder);

// Loads the same and gives the scorer to the session. Where worlds are replayed, no model is
// loaded: the session reads the stored scores of this reward model.
reward::RewardModel UseRewardModel(const RunConfig& config, Session& session,
                                   const std::string& reward_model_folder);

}  // namespace pgts::session
