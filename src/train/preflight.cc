// SPDX-License-Identifier: Apache-2.0
#include "train/preflight.h"

#include "base/error.h"
#include "labels/trl.h"
#include "model/decoder_shape.h"
#include "policy/options.h"
#include "reward/finetune.h"
#include "session/reward_wiring.h"
#include "task/task.h"

namespace pgts::train {
namespace {

void CheckBase(const session::RunConfig& config) {
  const std::string& path = session::BaseModelPath(config);
  const reward::Kind kind = session::RewardKind(config);
  if (kind == reward::Kind::kHead) return;  // llama.cpp says what it can load
  const model::DecoderShape shape = session::TrainableShape(config);
  if (kind == reward::Kind::kLora) model::CheckLora(session::Lora(config), shape, path.c_str());
  const int64_t length = config.optimization.max_sequence_length;
  if (length > shape.context) {
    throw Error::Format(
        "optimization.max_sequence_length = {} is more than the {} tokens of {}: "
        "lower it, or fine-tune another reward_model.model_name",
        length, shape.context, path);
  }
}

// One split's sources of labelled solutions.
void CheckSources(const char* problems_key, int problems, const char* files_key,
                  const std::vector<std::string>& files, std::string_view separator) {
  for (const std::string& file : files) labels::ReadTrl(file, separator);
  if (problems > 0 || !files.empty()) return;
  throw Error::Format(
      "reward_data.{} = 0 and no reward_data.{}: there is no solution to label; give one of them",
      problems_key, files_key);
}

void CheckData(const session::RunConfig& config) {
  const auto task = task::MakeTask(config.task.name, {.data_dir = config.task.data_dir});
  const labels::DataOptions& data = config.reward_data;
  CheckSources("train_problems", data.train_problems, "import_files", data.import_files,
               task->separator());
  CheckSources("validation_problems", data.validation_problems, "held_out_import_files",
               data.held_out_import_files, task->separator());
}

}  // namespace

void NoteFault(std::vector<std::string>& faults, const std::function<void()>& check) {
  try {
    check();
  } catch (const Error& fault) {
    faults.emplace_back(fault.what());
  }
}

std::vector<std::string> FaultsBeforeTraining(const session::RunConfig& config,
                                              const PreflightOptions& options) {
  std::vector<std::string> faults;
  const auto check = [&](const std::function<void()>& call) { NoteFault(faults, call); };
  check([&] { policy::CheckOptions(config.policy_network, "configuration"); });
  check([&] { session::CheckGrowsWorlds(config); });
  check([&] { CheckData(config); });
  if (!options.trains_reward_model) return faults;
  if (options.on_this_machine) {
    check([&] { reward::CheckTrainingDevice(config.reward_training.device); });
  }
  check([&] { CheckBase(config); });
  return faults;
}

Plan CheckBeforeTraining(const session::RunConfig& config, bool trains_reward_model) {
  const PreflightOptions options{.trains_reward_model = trains_reward_model};
  const std::vector<std::string> faults = FaultsBeforeTraining(config, options);
  if (!faults.empty()) throw Error(faults.front());
  Plan plan = MakePlan(config, {.trains_reward_model = trains_reward_model, .advise = false});
  if (!plan.faults.empty()) throw Error(plan.faults.front());
  if (plan.Fits()) return plan;
  plan = MakePlan(config, {.trains_reward_model = trains_reward_model});
  throw Error::Format("{} (pgts plan shows the parts)", WhyItDoesNotFit(plan));
}

void CheckVocabularies(int64_t generator, int64_t base, const std::string& base_path) {
  if (base >= generator) return;
  throw Error::Format(
      "{}: knows {} tokens, the generator writes {}: a reward model reads the "
      "generator's tokens as they are; give a reward_model.model_name of the same "
      "family",
      base_path, base, generator);
}

}  // namespace pgts::train
