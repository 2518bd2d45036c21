// SPDX-License-Identifier: Apache-2.0
#include "train/reward_phase.h"

#include <memory>
#include <utility>

#include "base/files.h"
#include "base/log.h"
#include "model/decoder.h"
#include "model/deepen.h"
#include "model/gguf_reader.h"
#include "reward/data_filter.h"
#include "reward/finetune.h"
#include "reward/word_baseline.h"
#include "train/preflight.h"
#include "train/resume_state.h"
#include "train/reward_report.h"

namespace pgts::train {
namespace {

llm::SamplingOptions StepSampling(const RunConfig& config, const task::Task& task) {
  return {.max_new_tokens = config.generator.max_new_tokens, .separator = task.separator()};
}

reward::GeneratorContract Contract(const RunConfig& config, eval::Session& session) {
  return reward::DescribeGenerator(session.generator(), StepSampling(config, session.task()),
                                   llm::ParsePromptKind(config.generator.prompt),
                                   session.task().name());
}

// What a resumed run starts from: the worlds of the chunks that are finished.
void KeepWorlds(eval::Session& session, const RunFolder& folder) {
  session.store()->Sync();
  WriteResumeState(folder, {.store = session.store()->lengths()});
}


std::shared_ptr<model::Decoder> MakeDecoder(const RunConfig& config) {
  const auto base = model::ReadGguf(BaseModelPath(config), config.optimization.max_sequence_length);
  return model::Deepen(*base, config.reward_model.extra_layers,
                       static_cast<uint64_t>(config.run.seed));
}

reward::FinetuneResult Train(const RunConfig& config, const reward::StepData& data,
                             std::shared_ptr<model::Decoder> decoder, const RunFolder& folder) {
  RewardReport report(folder);
  const reward::FinetuneOptions options{
      .training = config.reward_training,
      .dropout = config.reward_model.dropout,
      .seed = static_cast<uint64_t>(config.run.seed),
      .max_sequence_length = config.optimization.max_sequence_length,
      .observer = {
          .on_step = [&](const reward::TrainingPoint& point) { report.Step(point); },
          .on_validation = [&](const reward::ValidationPoint& point) { report.Validated(point); }}};
  return reward::Finetune(std::move(decoder), data.train, data.validation, options);
}

reward::GateReading ReadGate(const RunConfig& config, const reward::StepData& data,
                             const reward::FinetuneResult& trained) {
  return {.extraction_rate = data.validation_stats.ExtractionRate(),
          .cut_off_rate = data.validation_stats.CutOffRate(),
          .right_share = data.validation_stats.RightShare(),
          .step_auc = trained.metrics.step_auc,
          .max_new_tokens = config.generator.max_new_tokens};
}

void CheckBase(const RunConfig& config, eval::Session& session) {
  CheckVocabularies(session.generator().Info().vocabulary,
                    model::ReadGgufShape(BaseModelPath(config)).vocab, BaseModelPath(config));
}

}  // namespace

const std::string& BaseModelPath(const RunConfig& config) {
  return config.reward_base.model_name.empty() ? config.generator.model_name
                                               : config.reward_base.model_name;
}

reward::StepData MakeRewardData(const RunConfig& config, eval::Session& session,
                                const RunFolder& folder) {
  const reward::RolloutParts parts{.rounds = session.rounds(),
                                   .worlds = session.sampled(),
                                   .task = session.task(),
                                   .before_chunk = [&] { session.Forget(); },
                                   .after_chunk = [&] { KeepWorlds(session, folder); }};
  const reward::DataPlan plan{
      .data = config.reward_data,
      .incorrect_per_problem = config.reward_training.num_incorrect_per_problem,
      .separator = session.task().separator(),
      .world_key = session.SampledWorldKey(world::kPhaseOneEpoch)};
  return reward::BuildStepData(parts, session.generator().tokenizer(), plan, folder.RewardData());
}

void TrainRewardModel(const RunConfig& config, eval::Session& session, reward::StepData data,
                      const RunFolder& folder) {
  CheckBase(config, session);
  reward::FilterTraining(data.train, config.reward_training);
  const std::shared_ptr<model::Decoder> decoder = MakeDecoder(config);
  reward::FinetuneResult trained = Train(config, data, decoder, folder);
  trained.metrics.words_auc =
      reward::WordBaselineAuc(data.train, data.validation, session.generator().tokenizer());
  Info("reward model on held-out problems:\n{}", reward::MetricsTable(trained.metrics));

  reward::RewardModel reward_model{.generator = Contract(config, session),
                                   .calibration = trained.calibration,
                                   .metrics = trained.metrics,
                                   .gate = ReadGate(config, data, trained),
                                   .head = trained.head};
  reward_model.answer_has_separator = data.train_stats.AnswersHaveSeparator();
  reward_model.training = {{"steps", trained.steps},
                           {"examples", trained.examples},
                           {"seconds", trained.seconds},
                           {"seed", config.run.seed}};
  reward::SaveRewardModel(
      folder.RewardModel(), reward_model, *decoder,
      {.base_path = BaseModelPath(config), .weight_type = config.reward_model.weight_type});
  Info("phase 1 done: {}", folder.RewardModel());
}

void RunRewardPhase(const RunConfig& config, eval::Session& session, const RunFolder& folder) {
  Info("phase 1: the reward model");
  CheckBase(config, session);
  TrainRewardModel(config, session, MakeRewardData(config, session, folder), folder);
}

LoadedRewardModel LoadRewardModel(const RunConfig& config, eval::Session& session,
                                  const std::string& reward_model_folder) {
  reward::RewardModel model = reward::ReadRewardModel(reward_model_folder);
  reward::CheckContract(model, Contract(config, session), reward_model_folder);
  llm::EngineOptions engine = eval::ToEngineOptions(config.generator, config.engine);
  engine.device = config.reward_base.device;
  auto scorer = reward::MakeScorer(model, engine);
  return {std::move(model), std::move(scorer)};
}

reward::RewardModel UseRewardModel(const RunConfig& config, eval::Session& session,
                                   const std::string& reward_model_folder) {
  if (session.replays()) {
    reward::RewardModel reward_model = reward::ReadRewardModel(reward_model_folder);
    session.ReadScoresOf(reward::ScorerHash(HashFile(reward_model.model_path), reward_model.head,
                                            reward_model.calibration));
    return reward_model;
  }
  LoadedRewardModel loaded = LoadRewardModel(config, session, reward_model_folder);
  session.SetScorer(std::move(loaded.scorer));
  return std::move(loaded.model);
}

}  // namespace pgts::train
