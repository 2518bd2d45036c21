// SPDX-License-Identifier: Apache-2.0
// The flags that commands share, and how they become a RunConfig: defaults < files < PGTS_*
// environment < command line.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/options.h"
#include "session/run_config.h"

namespace CLI {
class App;
}

namespace pgts::cli {

struct RunFlags {
  std::string model_config, train_config;
  std::string model, task, data, prompt, world, seed;
  std::string token_price, max_tokens;  // of commands that search
  std::vector<std::string> assignments;
  bool verbose = false;
  bool needs_models = true;  // false: names without a file are left as they are (pgts plan)
};

void AddRunFlags(CLI::App& command, RunFlags& flags);
// The terms that searches run on.
void AddSearchFlags(CLI::App& command, RunFlags& flags);

// A configuration and the declarations that point into it. Not movable for that reason.
struct LoadedConfig {
  session::RunConfig config;
  OptionSet options;
};

// `base_file`: a resolved config.yaml that stands below the user's files ("" for none). Without any
// file and without --model the embedded default's recipes are used.
std::unique_ptr<LoadedConfig> LoadConfig(const RunFlags& flags, const std::string& base_file);

// Makes what names files of the program, of the user's task and of data sets into paths, and the
// generator's name into its file, which is fetched if need be. Error where it has none and no
// stored worlds stand in for it. Without need of models nothing is fetched, and a name may stay
// one.
void FindFiles(const OptionSet& options, session::RunConfig& config, bool needs_models = true);

// Makes the name of the reward model's base into its file, which is fetched if need be; the
// generator's serves where it has none. For commands that train it. Error if there is no such file.
void FindRewardBase(LoadedConfig& loaded);

}  // namespace pgts::cli
