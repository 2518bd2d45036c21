// SPDX-License-Identifier: Apache-2.0
// `pgts data`: phase 1's first half, labelled steps, in a run folder that `pgts train-reward` and
// `pgts train --resume` go on with.
#include <CLI/CLI.hpp>

#include <memory>

#include "base/files.h"
#include "cli/commands.h"
#include "cli/run_start.h"
#include "train/preflight.h"
#include "train/trainer.h"

namespace pgts::cli {
namespace {

struct DataArguments {
  RunFlags run;
  FolderFlags folder;
  std::vector<std::string> imports, held_out_imports;
  std::string export_folder;
};

void SetFiles(const Run& run, const char* key, const std::vector<std::string>& files,
              const char* flag) {
  if (!files.empty()) run.loaded->options.SetList(key, files, flag);
}

void MakeData(const DataArguments& arguments) {
  const Run run = FindRun(arguments.run, arguments.folder);
  SetFiles(run, "reward_data.import_files", arguments.imports, "--import");
  SetFiles(run, "reward_data.held_out_import_files", arguments.held_out_imports,
           "--import-held-out");
  train::CheckBeforeTraining(run.config(), /*trains_reward_model=*/false);
  if (!arguments.export_folder.empty()) MakeWritableDirectory(arguments.export_folder);
  OpenRun(run, arguments.run.verbose);
  WriteConfig(run);
  Work(run, "data", [&] {
    train::MakeData(run.config(), {.folder = run.folder, .resume = run.resume},
                    arguments.export_folder);
  });
}

}  // namespace

void AddData(CLI::App& app) {
  auto arguments = std::make_shared<DataArguments>();
  CLI::App* command = app.add_subcommand("data", "Make labelled steps for a reward model");
  AddRunFlags(*command, arguments->run);
  AddFolderFlags(*command, arguments->folder);
  command
      ->add_option("--import", arguments->imports,
                   "JSONL file of TRL's stepwise supervision, repeatable")
      ->allow_extra_args(false);
  command
      ->add_option("--import-held-out", arguments->held_out_imports,
                   "The same for the held-out data, repeatable")
      ->allow_extra_args(false);
  command->add_option("--export", arguments->export_folder,
                      "Also write the data as TRL's stepwise supervision into this folder");
  command->callback([arguments] { MakeData(*arguments); });
}

}  // namespace pgts::cli
