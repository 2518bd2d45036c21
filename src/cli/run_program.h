// SPDX-License-Identifier: Apache-2.0
// Another program, found on the PATH.
#pragma once

#include <string>
#include <vector>

namespace pgts::cli {

// Runs it to its end, without a shell; false where it is not there or fails.
bool RunProgram(std::vector<std::string> words);

}  // namespace pgts::cli
