// SPDX-License-Identifier: Apache-2.0
#include "session/run_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/files.h"

namespace pgts::session {
namespace {

namespace fs = std::filesystem;

// The Python program of the user's document wrote .pt files; ours carry the same names.
std::string MapSuffix(std::string path) {
  if (path.ends_with(".pt")) path.replace(path.size() - 3, 3, ".safetensors");
  return path;
}

// The suffix first: RUN_*/policy_final.pt is to match the .safetensors files that are there.
std::string Resolve(const std::string& given) { return ResolveNewest(MapSuffix(given)); }

// The nearest folder at or above `at` that holds a run; empty if none does.
fs::path RunAtOrAbove(fs::path at) {
  while (!at.empty() && !FileExists((at / "config.yaml").string())) {
    at = at == at.parent_path() ? fs::path() : at.parent_path();
  }
  return at;
}

}  // namespace

std::string RunFolder::Checkpoint(int iteration) const {
  return fmt::format("{}/policy_checkpoints/checkpoint_{}.safetensors", path, iteration);
}

std::string RunFolder::ResumePolicy(int iteration) const {
  return fmt::format("{}/resume/policy_{}.safetensors", path, iteration);
}

bool RunFolder::HoldsWork() const {
  std::error_code ignored;
  const fs::path steps = fs::path(World()) / "steps.bin";
  const std::string made[] = {RewardData(), RewardModel(), ResumeState(), FinalPolicy()};
  return std::ranges::any_of(made, [&](const auto& at) { return fs::exists(at, ignored); }) ||
         (fs::exists(steps, ignored) && fs::file_size(steps, ignored) > 0);
}

void RunFolder::Create(bool resume) const {
  if (!resume && FileExists(Config()) && HoldsWork()) {
    throw Error::Format(
        "{} holds a run already: continue it with --resume {}, or choose another "
        "--output-dir",
        path, path);
  }
  MakeWritableDirectory(path);
}

RunFolder RunFolder::Owning(const std::string& given) {
  const std::string path = Resolve(given);
  if (!fs::exists(path)) {
    throw Error::Format("{}: no such file or folder; give a run folder or a policy file in one",
                        path);
  }
  fs::path normal = fs::path(path).lexically_normal();
  if (!normal.has_filename()) normal = normal.parent_path();  // "run/"
  // As the user spells it if that reaches up to the run.
  fs::path run = RunAtOrAbove(normal);
  if (run.empty()) run = RunAtOrAbove(fs::absolute(normal));
  if (!run.empty()) return {run.string()};
  throw Error::Format("{}: no config.yaml in this folder or above it: not part of a run", path);
}

RunFolder RunOf(const std::string& given) {
  return given.empty() ? RunFolder{} : RunFolder::Owning(given);
}

std::string ResolvePolicy(const std::string& given) {
  std::string path = Resolve(given);
  if (!fs::is_directory(path)) return path;
  std::string final_policy = RunFolder{path}.FinalPolicy();
  if (!FileExists(final_policy)) {
    throw Error::Format(
        "{}: this run has no policy_final.safetensors yet; continue it with "
        "pgts train --resume {}",
        path, path);
  }
  return final_policy;
}

}  // namespace pgts::session
