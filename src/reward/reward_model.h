// SPDX-License-Identifier: Apache-2.0
// A trained reward model as a folder that says what it is:
//
//   reward_model.json    the contract: what it was trained from and for, calibration, metrics
//   model.gguf           the fine-tuned decoder (kind full; reward/kind.h)
//   adapter.gguf         the LoRA beside it (kind lora)
//   head.safetensors     "head.weight" [2, width], "head.bias" [2], float32
//
// The folder is written beside its final name and renamed: it is whole or absent. Loading checks
// every file against its hash and every field against the generator in use; what does not fit is
// one Error with the path and the cure. One of kind head or lora runs on its base, which the
// contract names by hash: wherever that file lies, it must be the same.
#pragma once

#include <memory>
#include <string>

#include "base/jsonl.h"
#include "llm/engine_options.h"
#include "llm/generator.h"
#include "llm/llama_model.h"
#include "llm/prompt.h"
#include "reward/calibration.h"
#include "reward/gate.h"
#include "reward/head.h"
#include "reward/kind.h"
#include "reward/llama_scorer.h"
#include "reward/metrics.h"

namespace pgts::model {
class Decoder;
}

namespace pgts::reward {

inline constexpr int kRewardModelVersion = 4;

// What a reward model's scores rest on beside its own files: whose steps, cut how, after what
// prompt.
struct GeneratorContract {
  std::string file;  // name without folder
  std::string hash;  // of its content, 16 hex digits
  int vocabulary = 0;
  std::string separator;
  std::string prompt;  // "chat" or "plain"; then ", thinking" where that is on
  std::string task;    // of the training problems; another task is a warning

  bool operator==(const GeneratorContract&) const = default;
};

GeneratorContract DescribeGenerator(const llm::Generator& generator,
                                    const llm::SamplingOptions& sampling,
                                    const llm::PromptOptions& prompt, std::string_view task);

struct RewardModel {
  Kind kind = Kind::kFull;
  std::string base_file;  // what was trained: name and hash
  std::string base_hash;
  GeneratorContract generator;
  double threshold = 0.5;  // of "right", on the calibrated score
  Calibration calibration;
  RewardMetrics metrics;  // held-out
  GateReading gate;       // of phase 1, for a phase 2 that starts from this folder
  Json training;          // counts and what was chosen, for people
  // This generator ends its answer line with the separator, rather than its text after it.
  bool answer_has_separator = true;
  Head head;
  // After loading and saving:
  std::string weights_path;  // of model.gguf or adapter.gguf; empty: the base's own weights serve
  std::string weights_hash;  // of that file, or of head.safetensors where there is none
  std::string model_hash;    // of what the scorer runs (llm::ModelInfo::file_hash)
};

struct SaveOptions {
  std::string base_path;                    // GGUF; model.gguf keeps its tokenizer and keys
  const model::Decoder* decoder = nullptr;  // not of kind head
  std::string weight_type = "f32";          // of kind full: f32, f16, bf16 or q8_0
};

// Replaces an earlier folder of that name. `reward_model.base_*`, `weights_*` and `model_hash` are
// filled in.
void SaveRewardModel(const std::string& folder, RewardModel& reward_model,
                     const SaveOptions& options);

// Reads and checks the files alone.
RewardModel ReadRewardModel(const std::string& folder);

// Error naming the first field that does not fit; a warning for another task.
void CheckContract(const RewardModel& reward_model, const GeneratorContract& in_use,
                   const std::string& folder);

// Where a reward model that needs its base finds it.
struct BaseModel {
  std::string path;
  std::shared_ptr<const llm::LlamaModel> loaded = nullptr;  // serves instead if it is the base
};

// The scorer that search uses. Error, with the cure, where `base` is another than the reward
// model's.
std::unique_ptr<LlamaScorer> MakeScorer(const RewardModel& reward_model,
                                        const llm::EngineOptions& engine,
                                        const BaseModel& base = {});

}  // namespace pgts::reward
