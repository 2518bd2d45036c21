// SPDX-License-Identifier: Apache-2.0
// Where the files of one run lie (docs/ARCHITECTURE.md, "Files of a run").
#pragma once

#include <string>

namespace pgts::session {

struct RunFolder {
  std::string path;

  std::string Config() const { return path + "/config.yaml"; }
  std::string Log() const { return path + "/training.log"; }
  std::string Metrics() const { return path + "/metrics.jsonl"; }
  std::string RewardData() const { return path + "/reward_data"; }
  std::string RewardModel() const { return path + "/reward_model_final"; }
  std::string Checkpoint(int iteration) const;
  std::string FinalPolicy() const { return path + "/policy_final.safetensors"; }
  std::string Trajectories() const { return path + "/trajectories"; }
  std::string World() const { return path + "/world"; }
  std::string ResumeState() const { return path + "/resume/state.json"; }
  std::string ResumePolicy(int iteration) const;

  // True if the folder holds results that a new run would mix with. A configuration and a log alone
  // (a command that failed at once leaves them) do not count.
  bool HoldsWork() const;

  // Creates it; Error if it cannot be written, or holds work already and `resume` is false.
  void Create(bool resume) const;

  // The run folder that a file or folder given by the user belongs to: itself if it holds a
  // config.yaml, else the nearest parent that does. Error if none does. `.pt` becomes
  // `.safetensors`, then `*` is resolved to the newest match.
  static RunFolder Owning(const std::string& path);
};

// The run that `given` belongs to (RunFolder::Owning); no path where nothing was given.
RunFolder RunOf(const std::string& given);

// A policy file as the user names it: a run folder means its final policy.
std::string ResolvePolicy(const std::string& given);

}  // namespace pgts::session
