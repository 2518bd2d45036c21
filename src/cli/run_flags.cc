// SPDX-License-Identifier: Apache-2.0
#include "cli/run_flags.h"

#include <CLI/CLI.hpp>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "session/model_file.h"
#include "session/resources.h"
#include "task/task_file.h"
#include "world/provenance.h"

namespace pgts::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTinyModelConfig = "config/model_config_tiny.yaml";
constexpr const char* kTinyTrainConfig = "config/training_config_tiny.yaml";

void LoadFiles(const RunFlags& flags, const std::string& base_file, OptionSet& options) {
  const bool embedded = base_file.empty() && flags.model.empty() && flags.model_config.empty();
  if (embedded) options.LoadYaml(session::FindResource(kTinyModelConfig));
  if (embedded && flags.train_config.empty())
    options.LoadYaml(session::FindResource(kTinyTrainConfig));
  if (!base_file.empty()) options.LoadYaml(base_file);
  if (!flags.model_config.empty()) options.LoadYaml(flags.model_config);
  if (!flags.train_config.empty()) options.LoadYaml(flags.train_config);
}

void ApplyFlags(const RunFlags& flags, OptionSet& options) {
  const auto set = [&](const std::string& value, const std::string& key, const char* flag) {
    if (!value.empty()) options.Set(key + "=" + value, flag);
  };
  set(flags.model, "generator.model_name", "--model");
  set(flags.task, "task.name", "--task");
  set(flags.data, "task.data_dir", "--data");
  set(flags.prompt, "generator.prompt", "--prompt");
  set(flags.world, "world.dir", "--world");
  set(flags.seed, "run.seed", "--seed");
  set(flags.token_price, "search.token_price", "--token-price");
  set(flags.max_tokens, "search.max_tokens", "--max-tokens");
  for (const std::string& assignment : flags.assignments) options.Set(assignment, "--set");
}

// The file of the model that `key` names. Errors say where the name came from.
std::string FindModel(const OptionSet& options, const std::string& key, const std::string& name,
                      const hub::WeightsWish& wish) {
  const std::string place = fmt::format("{} ({})", options.Spelling(key), options.Source(key));
  std::string file;
  try {
    file = session::FindModelFile(name, wish, session::Fetch::kYes);
  } catch (const Error& error) {
    throw Error::Format("{}: {}", place, error.what());
  }
  if (file.empty() || FileExists(file)) return file;
  throw Error::Format(
      "{}: {} is not a file; give the path of a GGUF file there{}, or a name such as Qwen/Qwen3-8B",
      place, file, key == "generator.model_name" ? " or with --model" : "");
}

}  // namespace

void FindRewardBase(LoadedConfig& loaded) {
  session::RewardBaseSettings& base = loaded.config.reward_base;
  base.model_name =
      FindModel(loaded.options, "reward_model.model_name", base.model_name, session::WishOf(base));
}

void AddRunFlags(CLI::App& command, RunFlags& flags) {
  command.add_option("--model-config", flags.model_config, "Model recipe (YAML)");
  command.add_option("--train-config", flags.train_config, "Training recipe (YAML)");
  command.add_option("--model", flags.model,
                     "The generator: a GGUF file or a name such as Qwen/Qwen3-8B");
  command.add_option("--task", flags.task,
                     "word_problems, countdown, gsm8k, or a task file (docs/TASKS.md)");
  command.add_option("--data", flags.data, "Folder of data sets (also PGTS_DATA)");
  command.add_option("--prompt", flags.prompt, "auto, chat or plain");
  command.add_option("--world", flags.world,
                     "Folder of stored worlds; stored:FOLDER: replay them, no model");
  command.add_option("--seed", flags.seed, "Training seed");
  command.add_option("--set", flags.assignments, "group.key=value, repeatable (see: pgts options)")
      ->allow_extra_args(false);
  command.add_flag("--verbose", flags.verbose, "Debug lines on the terminal too");
}

void AddSearchFlags(CLI::App& command, RunFlags& flags) {
  command.add_option("--token-price", flags.token_price,
                     "What a token costs, in right answers: less searches longer");
  command.add_option("--max-tokens", flags.max_tokens,
                     "Tokens of one search, at most; 0: no limit");
}

std::unique_ptr<LoadedConfig> LoadConfig(const RunFlags& flags, const std::string& base_file) {
  auto loaded = std::make_unique<LoadedConfig>();
  session::RunConfig& config = loaded->config;
  OptionSet& options = loaded->options;
  session::DeclareOptions(config, options);
  LoadFiles(flags, base_file, options);
  options.LoadEnvironment();
  ApplyFlags(flags, options);
  options.ExplainInert(base_file);  // while models still have the names that were given
  FindFiles(options, config, flags.needs_models);
  return loaded;
}

void FindFiles(const OptionSet& options, session::RunConfig& config, bool needs_models) {
  config.task.data_dir = session::DataFolder(config.task.data_dir);
  std::string& generator = config.generator.model_name;
  std::string& base = config.reward_base.model_name;
  const bool replays = !world::StoredFolder(config.world.dir).empty();
  const bool fetches = !replays && needs_models;
  generator = fetches ? FindModel(options, "generator.model_name", generator,
                                  session::WishOf(config.generator))
                      : session::FindModelFile(generator, {}, session::Fetch::kNo);
  // Not every command needs it: it is fetched where it is used.
  if (!base.empty()) base = session::FindResource(base);
  // A run is resumed and evaluated from other folders, too.
  if (task::IsTaskFile(config.task.name)) {
    config.task.name =
        fs::absolute(session::FindResource(config.task.name)).lexically_normal().string();
  }
}

}  // namespace pgts::cli
