// SPDX-License-Identifier: Apache-2.0
#include "session/run_config.h"

#include <utility>

#include "base/error.h"
#include "world/provenance.h"

namespace pgts::session {
namespace {

void DeclareInert(const RunConfig& config, OptionSet& options) {
  options.Inert("generator.torch_dtype", "a GGUF file carries its own weight type",
                {"bfloat16", "float16", "float32"});
  const auto as_they_stand = [&](const char* key, const std::string& model) {
    options.InertWhile(key, "weights are used as they stand in the GGUF file; give one in Q8_0",
                       [&model] { return model.empty() || model.ends_with(".gguf"); });
  };
  as_they_stand("generator.load_in_8bit", config.generator.model_name);
  as_they_stand("reward_model.load_in_8bit", config.reward_base.model_name);
  options.Inert("reward_model.num_labels", "a step has two labels, wrong and right", {"2"});
  options.Inert("policy_training.algorithm", "PPO is the only one there is", {"ppo"});
  options.Inert("optimization.use_fp16",
                "reward_training.compute_type decides, and policy training is float32");
  options.Inert("optimization.offload_optimizer",
                "the state stays with the weights, on their device");
  options.InertWhile("reward_model.extra_layers",
                     "only reward_model.kind = full changes the base itself", [&config] {
                       const std::string& kind = config.reward_model.kind;
                       return kind == "head" || kind == "lora";
                     });
  options.InertWhile("reward_training.text_loss_weight",
                     "reward_model.kind = head leaves the base as it is",
                     [&config] { return config.reward_model.kind == "head"; });
}

}  // namespace

void DeclareOptions(RunConfig& config, OptionSet& options) {
  options.Add("run", config.run);
  options.Add("task", config.task);
  options.Add("generator", config.generator);
  options.Alias("qwen3", "generator");  // the user's files say so, whatever the model
  options.Add("policy_network", config.policy_network);
  options.Add("reward_model", config.reward_base);
  options.Add("reward_model", config.reward_model);
  options.Add("world", config.world);
  options.Add("engine", config.engine);
  options.Add("search", config.search);
  options.Add("reward_data", config.reward_data);
  options.Add("reward_training", config.reward_training);
  options.Add("gate", config.gate);
  options.Add("warm_start", config.warm_start);
  options.Add("warm_start", config.teacher);
  options.Add("policy_training", config.ppo);
  options.Add("policy_training", config.rewards);
  options.Add("policy_training", config.loop);
  options.Add("policy_training", config.terms);
  options.Add("optimization", config.optimization);
  options.Add("eval", config.eval);
  DeclareInert(config, options);
}

void CheckTerms(const TermsSettings& terms) {
  const auto check = [](const char* name, double min, double max) {
    if (min > 0 && min <= max) return;
    throw Error::Format(
        "policy_training.{0}_min = {1}, {0}_max = {2}: above 0, and the second not below the first",
        name, min, max);
  };
  if (terms.token_price_max > 0) check("token_price", terms.token_price_min, terms.token_price_max);
  const auto of = [](int64_t tokens) { return static_cast<double>(tokens); };
  check("max_tokens", of(terms.max_tokens_min), of(terms.max_tokens_max));
}

SessionOptions ToSessionOptions(const RunConfig& config, std::string store_folder) {
  return {.generator = config.generator,
          .task = config.task,
          .world = config.world,
          .engine = config.engine,
          .store_folder = std::move(store_folder)};
}

void CheckGrowsWorlds(const RunConfig& config) {
  if (world::StoredFolder(config.world.dir).empty()) return;
  throw Error::Format(
      "world.dir = {}: this command grows worlds; give the folder without \"stored:\"",
      config.world.dir);
}

}  // namespace pgts::session
