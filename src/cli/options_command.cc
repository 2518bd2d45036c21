// SPDX-License-Identifier: Apache-2.0
// `pgts options`: every option with its default, range and meaning. docs/OPTIONS.md is its
// --markdown output (a test holds them together).
#include "cli/options_command.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>

#include "base/options.h"
#include "cli/commands.h"
#include "eval/compare_settings.h"
#include "session/run_config.h"

namespace pgts::cli {
namespace {

// Written by the program alone: `pgts options --markdown >docs/OPTIONS.md`.
constexpr const char* kIntroduction =
    "# Options\n\n"
    "Every option of the recipes under `config/`, as `pgts options --markdown` prints it. A group "
    "is "
    "a\nsection of a recipe; `--set group.key=value` and the environment variable "
    "`PGTS_GROUP_KEY` set one\noption. Defaults < files < environment < command line.\n\n";

struct EveryOption {
  EveryOption() {
    session::DeclareOptions(config, options);
    options.Add("compare", compare);
  }
  session::RunConfig config;
  eval::CompareSettings compare;
  OptionSet options;
};

}  // namespace

std::string OptionsPage() { return kIntroduction + EveryOption().options.Markdown(); }

void AddOptions(CLI::App& app) {
  auto markdown = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("options", "List every option of the recipes");
  command->add_flag("--markdown", *markdown, "As docs/OPTIONS.md has it");
  command->callback([markdown] {
    if (*markdown) {
      fmt::print("{}", OptionsPage());
      return;
    }
    fmt::print("{}", EveryOption().options.Help());
  });
}

}  // namespace pgts::cli
