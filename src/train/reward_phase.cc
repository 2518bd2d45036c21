// SPDX-License-Identifier: Apache-2.0
#include "train/reward_phase.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "base/log.h"
#include "llm/llama_generator.h"
#include "model/decoder.h"
#include "model/deepen.h"
#include "model/gguf_reader.h"
#include "reward/data_filter.h"
#include "reward/finetune.h"
#include "reward/head_training.h"
#include "reward/hidden_states.h"
#include "reward/word_baseline.h"
#include "session/reward_wiring.h"
#include "train/preflight.h"
#include "train/resume_state.h"
#include "train/reward_report.h"

namespace pgts::train {
namespace {

// What a resumed run starts from: the worlds of the chunks that are finished.
void KeepWorlds(session::Session& session, const session::RunFolder& folder) {
  session.store()->Sync();
  WriteResumeState(folder, {.store = session.store()->lengths()});
}

reward::HiddenStates ReadStates(const session::RunConfig& config, session::Session& session,
                                const labels::StepData& data, const session::RunFolder& folder) {
  session.Forget();
  llm::EngineOptions engine = session::ScorerEngine(config);
  engine.width = std::min(engine.width, kReadingWidth);
  const auto encoder = llm::MakeLlamaEncoder(session::LoadFrozenBase(config, session), engine);
  return reward::ReadHiddenStates(*encoder, data, folder.RewardData());
}

// Deeper than its file, perhaps.
std::shared_ptr<model::Decoder> MakeFullDecoder(const session::RunConfig& config) {
  const auto base =
      model::ReadGguf(session::BaseModelPath(config), config.optimization.max_sequence_length);
  return model::Deepen(*base, config.reward_model.extra_layers,
                       static_cast<uint64_t>(config.run.seed));
}

std::shared_ptr<model::Decoder> MakeLoraDecoder(const session::RunConfig& config) {
  return reward::ReadLoraDecoder(session::BaseModelPath(config),
                                 config.optimization.max_sequence_length, config.reward_training,
                                 session::Lora(config), static_cast<uint64_t>(config.run.seed));
}

reward::TrainingObserver Observe(RewardReport& report) {
  return {.on_step = [&](const reward::TrainingPoint& point) { report.Step(point); },
          .on_validation = [&](const reward::ValidationPoint& point) { report.Validated(point); }};
}

// What training leaves: how good it is, and the weights that are saved beside the head.
struct Trained {
  reward::FinetuneResult result;
  std::shared_ptr<model::Decoder> decoder = nullptr;  // not of kind head
};

Trained TrainHead(const session::RunConfig& config, session::Session& session,
                  labels::StepData& data, const RewardRuns& runs) {
  const reward::HiddenStates states = ReadStates(config, session, data, runs.from);
  reward::FilterTraining(data.train, config.reward_training);
  RewardReport report(runs.to);
  const reward::HeadOptions options{
      .training = config.reward_training,
      .observer = {
          .on_validation = [&](const reward::ValidationPoint& point) { report.Record(point); }}};
  return {.result = reward::TrainHead(states, data.train, data.validation, options)};
}

Trained FineTune(const session::RunConfig& config, labels::StepData& data,
                 std::shared_ptr<model::Decoder> decoder, const session::RunFolder& folder) {
  reward::FilterTraining(data.train, config.reward_training);
  decoder->set_checkpointing(config.optimization.use_gradient_checkpointing);
  RewardReport report(folder);
  const reward::FinetuneOptions options{
      .training = config.reward_training,
      .dropout = config.reward_model.dropout,
      .seed = static_cast<uint64_t>(config.run.seed),
      .max_sequence_length = config.optimization.max_sequence_length,
      .observer = Observe(report)};
  return {.result = reward::Finetune(decoder, data.train, data.validation, options),
          .decoder = decoder};
}

Trained Train(const session::RunConfig& config, session::Session& session, labels::StepData& data,
              const RewardRuns& runs) {
  switch (session::RewardKind(config)) {
    case reward::Kind::kHead: return TrainHead(config, session, data, runs);
    case reward::Kind::kLora: return FineTune(config, data, MakeLoraDecoder(config), runs.to);
    case reward::Kind::kFull: break;
  }
  return FineTune(config, data, MakeFullDecoder(config), runs.to);
}

// Tokens of the longest path that training reads.
int LongestJudged(const session::RunConfig& config, session::Session& session) {
  return session::RewardKind(config) == reward::Kind::kHead
             ? session.generator().context()
             : config.optimization.max_sequence_length;
}

reward::GateReading ReadGate(const session::RunConfig& config, const labels::StepData& data,
                             const reward::FinetuneResult& trained) {
  const labels::RolloutStats& rollouts = data.validation_stats;
  return {.extraction_rate = rollouts.rollouts > 0 ? rollouts.ExtractionRate() : std::nan(""),
          .cut_off_rate = data.validation_stats.CutOffRate(),
          .right_share = data.validation_stats.RightShare(),
          .step_auc = trained.metrics.step_auc,
          .max_new_tokens = config.generator.max_new_tokens};
}

// That the base can read what the generator writes. Loads a base of kind head, unless it is the
// generator: what llama.cpp cannot run is to be known before data is made for it.
void CheckBase(const session::RunConfig& config, session::Session& session) {
  const std::string& path = session::BaseModelPath(config);
  int64_t vocabulary = 0, context = 0;
  if (session::RewardKind(config) == reward::Kind::kHead) {
    const auto base = session::LoadFrozenBase(config, session);
    vocabulary = base->info().vocabulary, context = base->info().context_train;
  } else {
    const model::DecoderShape shape = model::ReadGgufShape(path);
    vocabulary = shape.vocab, context = shape.context;
  }
  CheckVocabularies(session.generator().Info().vocabulary, vocabulary, path);
  session::CheckContexts(session.generator().context(), context, path);
}

void TrainOnChecked(const session::RunConfig& config, session::Session& session,
                    labels::StepData data, const RewardRuns& runs) {
  const llm::Tokenizer& tokenizer = session.generator().tokenizer();
  const double corruption_words_auc = reward::CorruptionWordsAuc(data.train, tokenizer);
  auto [trained, decoder] = Train(config, session, data, runs);
  trained.metrics.words_auc = reward::WordBaselineAuc(data.train, data.validation, tokenizer,
                                                      LongestJudged(config, session));
  trained.metrics.corruption_words_auc = corruption_words_auc;
  Info("reward model on held-out problems:\n{}", reward::MetricsTable(trained.metrics));

  reward::RewardModel reward_model{.kind = session::RewardKind(config),
                                   .generator = session::Contract(config, session),
                                   .calibration = trained.calibration,
                                   .metrics = trained.metrics,
                                   .gate = ReadGate(config, data, trained),
                                   .head = trained.head};
  reward_model.answer_has_separator = data.AnswersHaveSeparator();
  reward_model.training = {{"steps", trained.steps},
                           {"examples", trained.examples},
                           {"seconds", trained.seconds},
                           {"seed", config.run.seed}};
  if (trained.head_l2 > 0) reward_model.training["head_l2"] = trained.head_l2;
  reward::SaveRewardModel(runs.to.RewardModel(), reward_model,
                          {.base_path = session::BaseModelPath(config),
                           .decoder = decoder.get(),
                           .weight_type = config.reward_model.weight_type});
  Info("phase 1 done: {}", runs.to.RewardModel());
}

}  // namespace

labels::StepData MakeRewardData(const session::RunConfig& config, session::Session& session,
                                const session::RunFolder& folder) {
  const labels::RolloutParts parts{.rounds = session.rounds(),
                                   .worlds = session.sampled(),
                                   .task = session.task(),
                                   .before_chunk = [&] { session.Forget(); },
                                   .after_chunk = [&] { KeepWorlds(session, folder); }};
  const labels::DataPlan plan{
      .data = config.reward_data,
      .incorrect_per_problem = config.reward_training.num_incorrect_per_problem,
      .world_key = session.SampledWorldKey(world::kPhaseOneEpoch)};
  return labels::BuildStepData(parts, session.generator().tokenizer(), plan, folder.RewardData());
}

void TrainRewardModel(const session::RunConfig& config, session::Session& session,
                      labels::StepData data, const RewardRuns& runs) {
  CheckBase(config, session);
  TrainOnChecked(config, session, std::move(data), runs);
}

void RunRewardPhase(const session::RunConfig& config, session::Session& session,
                    const session::RunFolder& folder) {
  Info("phase 1: the reward model");
  CheckBase(config, session);
  TrainOnChecked(config, session, MakeRewardData(config, session, folder),
                 {.from = folder, .to = folder});
}

}  // namespace pgts::train
