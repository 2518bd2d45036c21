// SPDX-License-Identifier: Apache-2.0
// The command line's spelling, before CLI11 sees it, and what is said when it cannot be read.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace pgts::cli {

// Flags work in snake_case and in kebab-case: `--output_dir X` and `--output-dir X` are the same.
// Underscores become dashes in the name of every long flag, never in its value or after `--`.
std::vector<std::string> NormaliseFlags(std::vector<std::string> arguments);

// No flag of a subcommand takes an empty value: `--model "$MODEL"` must not mean the default.
void RefuseEmptyValues(CLI::App& app);

// One line for a command line that `app` could not parse: what was given, the nearest that is
// known, and where help is.
std::string ExplainParseError(const CLI::App& app, const CLI::ParseError& failure,
                              const std::vector<std::string>& arguments);

}  // namespace pgts::cli
