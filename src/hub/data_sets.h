// SPDX-License-Identifier: Apache-2.0
// Data sets that can be fetched, each pinned to a commit and to the hashes of its files.
#pragma once

#include <string>
#include <vector>

#include "hub/hub.h"

namespace pgts::hub {

std::vector<std::string> DataSetNames();

// Fetches the files of a data set into `folder`/`name`/; what is there already stays. Error for a
// name that is not one of them, and offline where a file is missing. `source` is what GitHub's raw
// files stand below.
void FetchDataSet(const std::string& name, const std::string& folder, const HubOptions& hub,
                  const std::string& source = "https://raw.githubusercontent.com/");

}  // namespace pgts::hub
