// SPDX-License-Identifier: Apache-2.0
#include "reward/reward_model.h"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "llm/llama_adapter.h"
#include "llm/llama_generator.h"
#include "model/decoder.h"
#include "model/gguf_lora.h"
#include "model/gguf_writer.h"
#include "model/safetensors.h"
#include "reward/contract_json.h"

namespace pgts::reward {
namespace {

namespace fs = std::filesystem;

constexpr const char* kContractFile = "reward_model.json";
constexpr const char* kHeadFile = "head.safetensors";

std::string In(const std::string& folder, const char* file) {
  return (fs::path(folder) / file).string();
}

void WriteHead(const std::string& path, const Head& head) {
  const torch::Tensor bias = torch::tensor(std::vector<float>(head.bias.begin(), head.bias.end()));
  model::WriteSafetensors(path,
                          {.tensors = {{"head.weight", torch::tensor(head.weight).reshape({2, -1})},
                                       {"head.bias", bias}}});
}

Head ReadHead(const std::string& path) {
  const model::Safetensors file = model::ReadSafetensors(path);
  const torch::Tensor weight = file.Get("head.weight"), bias = file.Get("head.bias");
  if (weight.dim() != 2 || weight.size(0) != 2 || bias.dim() != 1 || bias.size(0) != 2 ||
      weight.scalar_type() != torch::kFloat32 || bias.scalar_type() != torch::kFloat32) {
    throw Error::Format(
        "{}: a reward head is head.weight [2, width] and head.bias [2] in float32; "
        "train phase 1 again",
        path);
  }
  Head head;
  head.weight.assign(weight.data_ptr<float>(), weight.data_ptr<float>() + weight.numel());
  head.bias = {bias[0].item<float>(), bias[1].item<float>()};
  const bool finite = std::all_of(head.weight.begin(), head.weight.end(),
                                  [](float value) { return std::isfinite(value); });
  if (!finite || !std::isfinite(head.bias[0]) || !std::isfinite(head.bias[1])) {
    throw Error::Format(
        "{}: holds values that are not finite; train phase 1 again with a lower "
        "learning_rate",
        path);
  }
  return head;
}

void CheckFile(const std::string& path, const std::string& hash) {
  if (!FileExists(path)) {
    throw Error::Format("{} is missing: give the whole reward_model_final folder", path);
  }
  if (HashFile(path) != hash) {
    throw Error::Format(
        "{} is not the file that reward_model.json describes (damaged, or of "
        "another model): copy the folder again or train phase 1 again",
        path);
  }
}

// The earlier folder of that name goes only when the new one is whole.
void Publish(const std::string& part, const std::string& folder) {
  const std::string old = folder + ".old";
  std::error_code error;
  fs::remove_all(old, error);
  if (fs::exists(folder)) fs::rename(folder, old, error);
  if (!error) fs::rename(part, folder, error);
  if (error) throw Error::Format("{}: cannot be written: {}", folder, error.message());
  fs::remove_all(old, error);
}

void WriteWeights(const std::string& folder, Kind kind, const SaveOptions& options) {
  switch (kind) {
    case Kind::kHead: return;
    case Kind::kLora:
      return model::WriteLoraAdapter(In(folder, WeightsFile(kind)), *options.decoder,
                                     options.base_path);
    case Kind::kFull:
      return model::WriteGguf(In(folder, WeightsFile(kind)), *options.decoder,
                              {.type = model::ParseWeightType(options.weight_type),
                               .name = "pgts reward model",
                               .base = options.base_path});
  }
}

std::string ModelHash(const RewardModel& m) {
  switch (m.kind) {
    case Kind::kHead: return m.base_hash;
    case Kind::kLora: return llm::AdaptedHash(m.base_hash, m.weights_hash);
    case Kind::kFull: break;
  }
  return m.weights_hash;
}

void SetFiles(RewardModel& reward_model, const std::string& folder, const FileHashes& hashes) {
  const char* weights = WeightsFile(reward_model.kind);
  reward_model.weights_path = weights == nullptr ? "" : In(folder, weights);
  reward_model.weights_hash = weights == nullptr ? hashes.head : hashes.weights;
  reward_model.model_hash = ModelHash(reward_model);
}

// What the scorer of a reward model that needs its base runs.
std::shared_ptr<const llm::LlamaModel> LoadWithBase(const RewardModel& reward_model,
                                                    const std::string& device,
                                                    const BaseModel& base) {
  const bool is_base =
      base.loaded != nullptr && base.loaded->info().file_hash == reward_model.base_hash;
  if (is_base && reward_model.kind == Kind::kHead) return base.loaded;
  const std::string hash = is_base ? reward_model.base_hash : HashFile(base.path);
  if (hash == reward_model.base_hash) {
    return llm::LlamaModel::Load(base.path, device, reward_model.weights_path);
  }
  throw Error::Format(
      "this reward model (kind {}) runs on {} ({}), and {} is another file ({}): give the path of "
      "{} as reward_model.model_name, or train phase 1 again",
      KindName(reward_model.kind), reward_model.base_file, reward_model.base_hash, base.path, hash,
      reward_model.base_file);
}

void CheckField(const char* field, const std::string& trained, const std::string& in_use,
                const std::string& folder) {
  if (trained == in_use) return;
  const auto shown = [](const std::string& text) { return Json(text).dump(); };
  throw Error::Format(
      "{}: this reward model was trained for {} {}, in use is {}: use that one, or "
      "train phase 1 again for this one",
      folder, field, shown(trained), shown(in_use));
}

}  // namespace

GeneratorContract DescribeGenerator(const llm::Generator& generator,
                                    const llm::SamplingOptions& sampling,
                                    const llm::PromptOptions& prompt, std::string_view task) {
  const bool chat =
      llm::ResolvePromptKind(generator.tokenizer(), prompt.kind) == llm::PromptKind::kChat;
  return {.file = FileName(generator.Info().path),
          .hash = generator.Info().file_hash,
          .vocabulary = generator.Info().vocabulary,
          .separator = sampling.separator,
          .prompt = std::string(chat ? "chat" : "plain") + (prompt.thinking ? ", thinking" : ""),
          .task = std::string(task)};
}

void SaveRewardModel(const std::string& folder, RewardModel& reward_model,
                     const SaveOptions& options) {
  const std::string part = folder + ".part";
  std::error_code ignored;
  fs::remove_all(part, ignored);
  MakeWritableDirectory(part);
  const char* weights = WeightsFile(reward_model.kind);
  WriteWeights(part, reward_model.kind, options);
  WriteHead(In(part, kHeadFile), reward_model.head);
  reward_model.base_file = FileName(options.base_path);
  reward_model.base_hash = HashFile(options.base_path);
  const FileHashes hashes{.weights = weights == nullptr ? "" : HashFile(In(part, weights)),
                          .head = HashFile(In(part, kHeadFile))};
  WriteFileAtomic(In(part, kContractFile), JsonPretty(ToJson(reward_model, hashes)) + "\n");
  Publish(part, folder);
  SetFiles(reward_model, folder, hashes);
}

RewardModel ReadRewardModel(const std::string& folder) {
  const std::string contract = In(folder, kContractFile);
  if (!FileExists(contract)) {
    throw Error::Format(
        "{} is not a reward model: it has no {}; give the folder "
        "reward_model_final of a run",
        folder, kContractFile);
  }
  FileHashes hashes;
  RewardModel reward_model = RewardModelFromJson(ReadJsonFile(contract), contract, hashes);
  if (const char* weights = WeightsFile(reward_model.kind); weights != nullptr) {
    CheckFile(In(folder, weights), hashes.weights);
  }
  CheckFile(In(folder, kHeadFile), hashes.head);
  reward_model.head = ReadHead(In(folder, kHeadFile));
  SetFiles(reward_model, folder, hashes);
  return reward_model;
}

void CheckContract(const RewardModel& reward_model, const GeneratorContract& in_use,
                   const std::string& folder) {
  const GeneratorContract& trained = reward_model.generator;
  if (trained.hash != in_use.hash) {
    throw Error::Format(
        "{}: this reward model was trained on steps of {} ({}), the generator in "
        "use is {} ({}): use that generator, or train phase 1 again for this one",
        folder, trained.file, trained.hash, in_use.file, in_use.hash);
  }
  CheckField("vocabulary", fmt::format("{}", trained.vocabulary),
             fmt::format("{}", in_use.vocabulary), folder);
  CheckField("separator", trained.separator, in_use.separator, folder);
  CheckField("prompt", trained.prompt, in_use.prompt, folder);
  if (trained.task != in_use.task) {
    Warn("{}: this reward model was trained on the task {} and judges {} here", folder,
         trained.task, in_use.task);
  }
}

std::unique_ptr<LlamaScorer> MakeScorer(const RewardModel& reward_model,
                                        const llm::EngineOptions& engine, const BaseModel& base) {
  const auto model = reward_model.kind == Kind::kFull
                         ? llm::LlamaModel::Load(reward_model.weights_path, engine.device)
                         : LoadWithBase(reward_model, engine.device, base);
  return std::make_unique<LlamaScorer>(llm::MakeLlamaEncoder(model, engine), reward_model.head,
                                       reward_model.calibration);
}

}  // namespace pgts::reward
