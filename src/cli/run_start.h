// SPDX-License-Identifier: Apache-2.0
// How the commands that fill a run folder begin one or go on with it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cli/run_flags.h"
#include "session/run_folder.h"

namespace pgts::cli {

struct FolderFlags {
  std::string output_dir, resume;
};

void AddFolderFlags(CLI::App& command, FolderFlags& flags);

struct Run {
  session::RunFolder folder;
  bool resume = false;
  std::unique_ptr<LoadedConfig> loaded;

  const session::RunConfig& config() const { return loaded->config; }
};

// Which run is meant and how it is configured; nothing is written yet. Error where the flags
// contradict each other.
Run FindRun(const RunFlags& flags, const FolderFlags& folder);

// Creates the folder of a new run and opens its log.
void OpenRun(const Run& run, bool verbose);

// The resolved configuration makes the folder a run, and one that can be resumed. A resumed run has
// its own.
void WriteConfig(const Run& run);

// Runs `work`; after Ctrl-C the last line says how to go on: `pgts <command> --resume <run>`.
void Work(const Run& run, const char* command, const std::function<void()>& work);

}  // namespace pgts::cli
