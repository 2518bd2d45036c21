// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace pgts::cli {

// What `pgts options --markdown` prints and docs/OPTIONS.md holds: every option of the recipes.
std::string OptionsPage();

}  // namespace pgts::cli
