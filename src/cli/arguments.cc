// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/options.h"

namespace pgts::cli {
namespace {

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> FlagNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::string ExplainCommand(const CLI::App& app, const std::vector<std::string>& arguments) {
  const std::vector<std::string> names = CommandNames(app);
  const std::string first = arguments.empty() ? "" : arguments.front();
  if (first.empty() || first.starts_with("-")) {
    return fmt::format("a command comes first: {} (see: pgts --help)", fmt::join(names, ", "));
  }
  return fmt::format("unknown command '{}'; nearest: {} (see: pgts --help)", first,
                     Nearest(first, names));
}

// What CLI11 could not place, if anything.
std::string ExplainExtras(const CLI::App& command) {
  const std::vector<std::string> extras = command.remaining();
  for (const std::string& extra : extras) {
    if (!extra.starts_with("-")) continue;
    const std::string flag = extra.substr(0, extra.find('='));
    return fmt::format("unknown flag {}; nearest: {}", flag, Nearest(flag, FlagNames(command)));
  }
  return extras.empty() ? "" : fmt::format("'{}' was not expected", extras.front());
}

}  // namespace

std::vector<std::string> NormaliseFlags(std::vector<std::string> arguments) {
  for (std::string& argument : arguments) {
    if (argument == "--") break;
    if (!argument.starts_with("--")) continue;
    const auto end = std::find(argument.begin(), argument.end(), '=');
    std::replace(argument.begin(), end, '_', '-');
  }
  return arguments;
}

void RefuseEmptyValues(CLI::App& app) {
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
    for (CLI::Option* option : command->get_options()) {
      if (option->get_items_expected_max() == 0 || option->get_positional()) continue;
      option->check([](const std::string& value) {
        return std::string(value.empty() ? "the value is empty" : "");
      });
    }
  }
}

std::string ExplainParseError(const CLI::App& app, const CLI::ParseError& failure,
                              const std::vector<std::string>& arguments) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  if (chosen.empty()) return ExplainCommand(app, arguments);
  std::string text = ExplainExtras(*chosen.front());
  if (text.empty()) text = failure.what();
  return fmt::format("{} (see: pgts {} --help)", text, chosen.front()->get_name());
}

}  // namespace pgts::cli
