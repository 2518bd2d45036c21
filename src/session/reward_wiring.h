// SPDX-License-Identifier: Apache-2.0
// From a run's configuration to its reward model: which base it has, what was promised to it, and
// how a session comes to score with it.
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
// Of the base, where it is trained; Error, with the other way, for a file that cannot be.
model::DecoderShape TrainableShape(const RunConfig& config);
model::LoraShape Lora(const RunConfig& config);

// What the session's generator writes and how, which a reward model is trained for.
reward::GeneratorContract Contract(const RunConfig& config, Session& session);
// The base of a kind that llama.cpp runs; the session's own where it is the generator.
std::shared_ptr<const llm::LlamaModel> LoadFrozenBase(const RunConfig& config, Session& session);
// The engine that the scorer reads with.
llm::EngineOptions ScorerEngine(const RunConfig& config);

// The base holds the longest path that the generator may write, in tokens: Error otherwise.
void CheckContexts(int64_t generator, int64_t base, const std::string& base_path);

// A reward model that fits the session's generator (Error otherwise), and its scorer.
struct LoadedRewardModel {
  reward::RewardModel model;
  std::unique_ptr<reward::LlamaScorer> scorer;
};
LoadedRewardModel LoadRewardModel(const RunConfig& config, Session& session,
                                  const std::string& reward_model_folder);

// The same, with the scorer given to the session.
reward::RewardModel UseRewardModel(const RunConfig& config, Session& session,
                                   const std::string& reward_model_folder);

}  // namespace pgts::session
