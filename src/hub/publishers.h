// SPDX-License-Identifier: Apache-2.0
// Which repositories are likely to hold the GGUF files of a model.
#pragma once

#include <string>
#include <vector>

#include "hub/model_name.h"

namespace pgts::hub {

// Full names, the likeliest first. A repository of GGUF files is its own only candidate. Not all of
// them need exist.
std::vector<std::string> LikelyRepositories(const ModelName& name);

}  // namespace pgts::hub
