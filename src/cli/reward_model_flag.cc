// SPDX-License-Identifier: Apache-2.0
#include "cli/reward_model_flag.h"

#include <filesystem>

#include "base/error.h"
#include "base/files.h"

namespace pgts::cli {

std::string RewardModelPath(const std::string& given, const session::RunFolder& run) {
  if (!given.empty()) return ResolveNewest(given);
  return run.path.empty() ? "" : run.RewardModel();
}

RewardModelPlace FindRewardModel(const std::string& given) {
  const std::string path = ResolveNewest(given);
  if (FileExists(session::RunFolder{path}.Config())) {
    const session::RunFolder run{path};
    if (FileExists(run.RewardModel())) return {run.RewardModel(), run.Config()};
    throw Error::Format(
        "{}: this run has no reward model yet; continue it with pgts train --resume {}", path,
        path);
  }
  std::filesystem::path folder = std::filesystem::absolute(path).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();  // "reward_model_final/"
  const std::string config = session::RunFolder{folder.parent_path().string()}.Config();
  return {path, FileExists(config) ? config : ""};
}

}  // namespace pgts::cli
