// SPDX-License-Identifier: Apache-2.0
#include "session/run_config.h"

#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "world/provenance.h"

namespace pgts::session {

void DeclareOptions(RunConfig& config, OptionSet& options) {
  options.Add("run", config.run);
  options.Add("task", config.task);
  options.Add("qwen3", config.generator);
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
  options.Add("optimization", config.optimization);
  options.Add("eval", config.eval);
}

void ExplainKeysWithoutEffect(const RunConfig& config, const OptionSet& options,
                              const std::string& resolved_file) {
  const auto explain = [&](bool given, std::string_view key, std::string_view why) {
    const std::string& source = options.Source(key);
    if (!resolved_file.empty() && source.starts_with(resolved_file + ":")) return;
    if (given) Info("{} ({}) has no effect: {}", key, source, why);
  };
  const auto set = [&](std::string_view key) { return options.Source(key) != "default"; };
  explain(set("qwen3.torch_dtype"), "qwen3.torch_dtype", "a GGUF file carries its own weight type");
  explain(config.generator.load_in_8bit, "qwen3.load_in_8bit",
          "weights are used as they stand in the GGUF file; give one in Q8_0");
  explain(config.reward_base.load_in_8bit, "reward_model.load_in_8bit",
          "weights are used as they stand in the GGUF file; give one in Q8_0");
  const bool head = config.reward_model.kind == "head";
  explain((head || config.reward_model.kind == "lora") && config.reward_model.extra_layers > 0,
          "reward_model.extra_layers", "only reward_model.kind = full changes the base itself");
  explain(head && config.reward_training.text_loss_weight > 0, "reward_training.text_loss_weight",
          "reward_model.kind = head leaves the base as it is");
  explain(config.optimization.use_fp16, "optimization.use_fp16",
          "reward_training.compute_type decides, and policy training is float32");
  explain(config.optimization.offload_optimizer, "optimization.offload_optimizer",
          "the state stays with the weights, on their device");
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
