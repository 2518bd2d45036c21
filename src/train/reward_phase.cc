// SPDX-License-Identifier: Apache-2.0
#include "train/reward_phase.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "llm/client.h"
#include "llm/engine_report.h"
#include "llm/likelihood.h"
#include "llm/llama_generator.h"
#include "model/decoder.h"
#include "model/deepen.h"
#include "model/gguf_reader.h"
#include "reward/data_filter.h"
#include "reward/finetune.h"
#include "reward/head_training.h"
#include "reward/hidden_states.h"
#include "reward/judge_solutions.h"
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

llm::EngineOptions ScorerEngine(const RunConfig& config) {
  llm::EngineOptions engine = eval::ToEngineOptions(config.generator, config.engine);
  engine.device = config.reward_base.device;
  return engine;
}

bool BothOnOneDevice(const RunConfig& config) {
  return llm::Accelerator(config.generator.device) == llm::Accelerator(config.reward_base.device);
}

// Where a base that stays as it is lies: with the generator, if it is the same file there.
reward::BaseModel FindBase(const RunConfig& config, eval::Session& session,
                           const std::string& hash) {
  const llm::ModelInfo& generator = session.generator().Info();
  if (generator.file_hash != hash) return {.path = BaseModelPath(config)};
  return {.path = generator.path, .loaded = BothOnOneDevice(config) ? session.model() : nullptr};
}

// The base of a kind that llama.cpp runs, as reward_model.model_name says.
std::shared_ptr<const llm::LlamaModel> LoadFrozenBase(const RunConfig& config,
                                                      eval::Session& session) {
  const bool generator_too =
      BaseModelPath(config) == config.generator.model_name && BothOnOneDevice(config);
  return generator_too ? session.model()
                       : llm::LlamaModel::Load(BaseModelPath(config), config.reward_base.device);
}

// Reading fills batches with few walkers; more would only take memory.
constexpr int kReadingWidth = 16;

reward::HiddenStates ReadStates(const RunConfig& config, eval::Session& session,
                                const reward::StepData& data, const RunFolder& folder) {
  session.Forget();
  llm::EngineOptions engine = ScorerEngine(config);
  engine.width = std::min(engine.width, kReadingWidth);
  const auto encoder = llm::MakeLlamaEncoder(LoadFrozenBase(config, session), engine);
  return reward::ReadHiddenStates(*encoder, data, folder.RewardData());
}

// Deeper than its file, perhaps.
std::shared_ptr<model::Decoder> MakeFullDecoder(const RunConfig& config) {
  const auto base = model::ReadGguf(BaseModelPath(config), config.optimization.max_sequence_length);
  return model::Deepen(*base, config.reward_model.extra_layers,
                       static_cast<uint64_t>(config.run.seed));
}

std::shared_ptr<model::Decoder> MakeLoraDecoder(const RunConfig& config) {
  return reward::ReadLoraDecoder(BaseModelPath(config), config.optimization.max_sequence_length,
                                 config.reward_training, Lora(config),
                                 static_cast<uint64_t>(config.run.seed));
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

Trained TrainHead(const RunConfig& config, eval::Session& session, reward::StepData& data,
                  const RewardRuns& runs) {
  const reward::HiddenStates states = ReadStates(config, session, data, runs.from);
  reward::FilterTraining(data.train, config.reward_training);
  RewardReport report(runs.to);
  const reward::HeadOptions options{
      .training = config.reward_training,
      .observer = {
          .on_validation = [&](const reward::ValidationPoint& point) { report.Record(point); }}};
  return {.result = reward::TrainHead(states, data.train, data.validation, options)};
}

Trained FineTune(const RunConfig& config, reward::StepData& data,
                 std::shared_ptr<model::Decoder> decoder, const RunFolder& folder) {
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

Trained Train(const RunConfig& config, eval::Session& session, reward::StepData& data,
              const RewardRuns& runs) {
  switch (RewardKind(config)) {
    case reward::Kind::kHead: return TrainHead(config, session, data, runs);
    case reward::Kind::kLora: return FineTune(config, data, MakeLoraDecoder(config), runs.to);
    case reward::Kind::kFull: break;
  }
  return FineTune(config, data, MakeFullDecoder(config), runs.to);
}

// Tokens of the longest path that training reads.
int LongestJudged(const RunConfig& config, eval::Session& session) {
  return RewardKind(config) == reward::Kind::kHead ? session.generator().context()
                                                   : config.optimization.max_sequence_length;
}

reward::GateReading ReadGate(const RunConfig& config, const reward::StepData& data,
                             const reward::FinetuneResult& trained) {
  const reward::RolloutStats& rollouts = data.validation_stats;
  return {.extraction_rate = rollouts.rollouts > 0 ? rollouts.ExtractionRate() : std::nan(""),
          .cut_off_rate = data.validation_stats.CutOffRate(),
          .right_share = data.validation_stats.RightShare(),
          .step_auc = trained.metrics.step_auc,
          .max_new_tokens = config.generator.max_new_tokens};
}

// That the base can read what the generator writes. Loads a base of kind head, unless it is the
// generator: what llama.cpp cannot run is to be known before data is made for it.
void CheckBase(const RunConfig& config, eval::Session& session) {
  const std::string& path = BaseModelPath(config);
  int64_t vocabulary = 0, context = 0;
  if (RewardKind(config) == reward::Kind::kHead) {
    const auto base = LoadFrozenBase(config, session);
    vocabulary = base->info().vocabulary, context = base->info().context_train;
  } else {
    const model::DecoderShape shape = model::ReadGgufShape(path);
    vocabulary = shape.vocab, context = shape.context;
  }
  CheckVocabularies(session.generator().Info().vocabulary, vocabulary, path);
  CheckContexts(session.generator().context(), context, path);
}

// Scores are calibrated on the generator's log-probability, also of what it did not write.
void ReadHeldOutImports(const RunConfig& config, eval::Session& session, reward::StepData& data) {
  const auto is_import = [](const reward::LabelledSolution& solution) {
    return solution.source == reward::Source::kImport;
  };
  if (std::ranges::none_of(data.validation, is_import)) return;
  const llm::EngineOptions engine = eval::ToEngineOptions(config.generator, config.engine);
  const int context = session.generator().context();
  const size_t left_out = std::erase_if(data.validation, [&](const auto& solution) {
    return is_import(solution) && reward::TokenCount(solution) > context;
  });
  if (left_out > 0) {
    Info("{} held-out imports end after the {} tokens of the engine's context: left out", left_out,
         context);
  }
  session.Forget();
  reward::AddLogProbs(*llm::MakeLlamaLikelihood(session.model(), engine), data.validation);
}

void TrainOnChecked(const RunConfig& config, eval::Session& session, reward::StepData data,
                    const RewardRuns& runs) {
  ReadHeldOutImports(config, session, data);
  const llm::Tokenizer& tokenizer = session.generator().tokenizer();
  const double corruption_words_auc = reward::CorruptionWordsAuc(data.train, tokenizer);
  auto [trained, decoder] = Train(config, session, data, runs);
  trained.metrics.words_auc = reward::WordBaselineAuc(data.train, data.validation, tokenizer,
                                                      LongestJudged(config, session));
  trained.metrics.corruption_words_auc = corruption_words_auc;
  Info("reward model on held-out problems:\n{}", reward::MetricsTable(trained.metrics));

  reward::RewardModel reward_model{.kind = RewardKind(config),
                                   .generator = Contract(config, session),
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
                          {.base_path = BaseModelPath(config),
                           .decoder = decoder.get(),
                           .weight_type = config.reward_model.weight_type});
  Info("phase 1 done: {}", runs.to.RewardModel());
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
      .world_key = session.SampledWorldKey(world::kPhaseOneEpoch)};
  return reward::BuildStepData(parts, session.generator().tokenizer(), plan, folder.RewardData());
}

void TrainRewardModel(const RunConfig& config, eval::Session& session, reward::StepData data,
                      const RewardRuns& runs) {
  CheckBase(config, session);
  TrainOnChecked(config, session, std::move(data), runs);
}

void RunRewardPhase(const RunConfig& config, eval::Session& session, const RunFolder& folder) {
  Info("phase 1: the reward model");
  CheckBase(config, session);
  TrainOnChecked(config, session, MakeRewardData(config, session, folder),
                 {.from = folder, .to = folder});
}

LoadedRewardModel LoadRewardModel(const RunConfig& config, eval::Session& session,
                                  const std::string& reward_model_folder) {
  reward::RewardModel model = reward::ReadRewardModel(reward_model_folder);
  reward::CheckContract(model, Contract(config, session), reward_model_folder);
  auto scorer =
      reward::MakeScorer(model, ScorerEngine(config), FindBase(config, session, model.base_hash));
  const llm::ModelInfo& base = scorer->encoder().Info();
  CheckContexts(session.generator().context(), scorer->encoder().context(), base.path);
  const bool own_base = base.path != session.generator().Info().path;
  if (const auto advice = llm::SlowWeightsAdvice(base);
      advice && own_base && config.reward_base.device == "cpu") {
    Info("{}", *advice);
  }
  return {std::move(model), std::move(scorer)};
}

reward::RewardModel UseRewardModel(const RunConfig& config, eval::Session& session,
                                   const std::string& reward_model_folder) {
  if (session.replays()) {
    reward::RewardModel reward_model = reward::ReadRewardModel(reward_model_folder);
    session.ReadScoresOf(
        reward::ScorerHash(reward_model.model_hash, reward_model.head, reward_model.calibration));
    return reward_model;
  }
  LoadedRewardModel loaded = LoadRewardModel(config, session, reward_model_folder);
  session.SetScorer(std::move(loaded.scorer), config.reward_base.device);
  return std::move(loaded.model);
}

}  // namespace pgts::train
