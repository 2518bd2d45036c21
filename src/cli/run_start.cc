// SPDX-License-Identifier: Apache-2.0
#include "cli/run_start.h"

#include <fmt/chrono.h>
#include <CLI/CLI.hpp>

#include <chrono>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"

namespace pgts::cli {
namespace {

std::string DefaultFolder(const std::string& name) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("outputs/{}_{:%Y%m%d_%H%M%S}", name, fmt::localtime(now));
}

}  // namespace

void AddFolderFlags(CLI::App& command, FolderFlags& flags) {
  command.add_option("--output-dir", flags.output_dir, "Run folder; default outputs/<name>_<time>");
  command.add_option("--resume", flags.resume, "Go on with this run");
}

Run FindRun(const RunFlags& flags, const FolderFlags& folder) {
  Run run{.resume = !folder.resume.empty()};
  if (run.resume && !folder.output_dir.empty()) {
    throw Error("--resume goes on in its own folder; leave --output-dir out");
  }
  if (run.resume) run.folder = session::RunFolder::Owning(folder.resume);
  run.loaded = LoadConfig(flags, run.resume ? run.folder.Config() : "");
  if (!run.resume) {
    run.folder.path =
        folder.output_dir.empty() ? DefaultFolder(run.config().run.name) : folder.output_dir;
  }
  return run;
}

void OpenRun(const Run& run, bool verbose) {
  run.folder.Create(run.resume);
  InitLog({.file = run.folder.Log(), .verbose = verbose});
  Info("run folder: {}", run.folder.path);
}

void WriteConfig(const Run& run) {
  if (!run.resume) WriteFileAtomic(run.folder.Config(), run.loaded->options.Yaml());
}

void Work(const Run& run, const char* command, const std::function<void()>& work) {
  try {
    work();
  } catch (const Interrupted&) {
    Info("stopped; go on with: pgts {} --resume {}", command, run.folder.path);
    throw;
  }
}

}  // namespace pgts::cli
