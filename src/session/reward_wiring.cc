// SPDX-License-Identifier: Apache-2.0
#include "session/reward_wiring.h"

#include <utility>

#include "base/error.h"
#include "llm/client.h"
#include "model/gguf_reader.h"
#include "session/model_file.h"

namespace pgts::session {
namespace {

llm::SamplingOptions StepSampling(const RunConfig& config, const task::Task& task) {
  return {.max_new_tokens = config.generator.max_new_tokens, .separator = task.separator()};
}

bool BothOnOneDevice(const RunConfig& config) {
  return llm::Accelerator(config.generator.device) == llm::Accelerator(config.reward_base.device);
}

// Where a base that stays as it is lies: with the generator, if it is the same file there.
reward::BaseModel FindBase(const RunConfig& config, Session& session,
                           const reward::RewardModel& model) {
  const llm::ModelInfo& generator = session.generator().Info();
  if (generator.file_hash != model.base_hash) {
    const std::string& name = config.reward_base.model_name;
    if (name.empty()) return {.path = config.generator.model_name};
    // A whole model needs no base: none is fetched for it.
    const Fetch fetch = model.kind == reward::Kind::kFull ? Fetch::kNo : Fetch::kYes;
    return {.path = FindModelFile(name, WishOf(config.reward_base), fetch)};
  }
  return {.path = generator.path, .loaded = BothOnOneDevice(config) ? session.model() : nullptr};
}

}  // namespace

const std::string& BaseModelPath(const RunConfig& config) {
  return config.reward_base.model_name.empty() ? config.generator.model_name
                                               : config.reward_base.model_name;
}

reward::Kind RewardKind(const RunConfig& config) {
  const std::string& kind = config.reward_model.kind;
  if (kind != "auto") return reward::ParseKind(kind, "reward_model.kind");
  return reward::KindForSize(model::CountWeights(TrainableShape(config)));
}

model::DecoderShape TrainableShape(const RunConfig& config) {
  try {
    return model::ReadGgufShape(BaseModelPath(config));
  } catch (const Error& error) {
    throw Error::Format(
        "{}; with reward_model.kind = head the base stays as it is, whatever its architecture",
        error.what());
  }
}

model::LoraShape Lora(const RunConfig& config) {
  return {.rank = config.reward_model.lora_rank, .alpha = config.reward_model.lora_alpha};
}

reward::GeneratorContract Contract(const RunConfig& config, Session& session) {
  return reward::DescribeGenerator(session.generator(), StepSampling(config, session.task()),
                                   ToPromptOptions(config.generator), session.task().name());
}

llm::EngineOptions ScorerEngine(const RunConfig& config) {
  llm::EngineOptions engine = ToEngineOptions(config.generator, config.engine);
  engine.device = config.reward_base.device;
  return engine;
}

std::shared_ptr<const llm::LlamaModel> LoadFrozenBase(const RunConfig& config, Session& session) {
  const bool generator_too =
      BaseModelPath(config) == config.generator.model_name && BothOnOneDevice(config);
  return generator_too ? session.model()
                       : llm::LlamaModel::Load(BaseModelPath(config), config.reward_base.device);
}

void CheckContexts(int64_t generator, int64_t base, const std::string& base_path) {
  if (base >= generator) return;
  throw Error::Format(
      "{}: reads at most {} tokens and the generator's paths may have {}: set engine.context = {}, "
      "or train a reward model on a base of a longer context",
      base_path, base, generator, base);
}

LoadedRewardModel LoadRewardModel(const RunConfig& config, Session& session,
                                  const std::string& reward_model_folder) {
  reward::RewardModel model = reward::ReadRewardModel(reward_model_folder);
  reward::CheckContract(model, Contract(config, session), reward_model_folder);
  auto scorer = reward::MakeScorer(model, ScorerEngine(config), FindBase(config, session, model));
  const llm::ModelInfo& base = scorer->encoder().Info();
  CheckContexts(session.generator().context(), scorer->encoder().context(), base.path);
  return {std::move(model), std::move(scorer)};
}

reward::RewardModel UseRewardModel(const RunConfig& config, Session& session,
                                   const std::string& reward_model_folder) {
  if (session.replays()) {
    reward::RewardModel reward_model = reward::ReadRewardModel(reward_model_folder);
    session.ReadScoresOf(
        reward::ScorerHash(reward_model.model_hash, reward_model.head, reward_model.calibration));
    session.SetScoreQuantiles(reward_model.metrics.scores);
    return reward_model;
  }
  LoadedRewardModel loaded = LoadRewardModel(config, session, reward_model_folder);
  session.SetScorer(std::move(loaded.scorer), config.reward_base.device);
  session.SetScoreQuantiles(loaded.model.metrics.scores);
  return std::move(loaded.model);
}

}  // namespace pgts::session
