// SPDX-License-Identifier: Apache-2.0
// The command line's spelling, before CLI11 sees it.
#pragma once

#include <string>
#include <vector>

namespace pgts::cli {

// Flags work in snake_case and in kebab-case: `--output_dir X` and `--output-dir X` are the same.
// Underscores become dashes in the name of every long flag, never in its value or after `--`.
std::vector<std::string> NormaliseFlags(std::vector<std::string> arguments);

}  // namespace pgts::cli
