// SPDX-License-Identifier: Apache-2.0
// `pgts options`: every option with its default, range and meaning. docs/OPTIONS.md is its
// --markdown output (a test holds them together).
#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <memory>

#include "base/options.h"
#include "cli/commands.h"
#include "train/run_config.h"

namespace pgts::cli {

void AddOptions(CLI::App& app) {
  auto markdown = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("options", "List every option of the recipes");
  command->add_flag("--markdown", *markdown, "As docs/OPTIONS.md has it");
  command->callback([markdown] {
    train::RunConfig config;
    OptionSet options;
    train::DeclareOptions(config, options);
    fmt::print("{}", *markdown ? options.Markdown() : options.Help());
  });
}

}  // namespace pgts::cli
