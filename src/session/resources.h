// SPDX-License-Identifier: Apache-2.0
// Where files lie that are named without a full path.
#pragma once

#include <string>

namespace pgts::session {

// Where `pgts pull` puts data sets unless it is told otherwise.
std::string FetchedData();

// The folder of data sets: as given, else PGTS_DATA, else FetchedData; "" where none is there.
std::string DataFolder(const std::string& given);

// A file that belongs to the program (config/..., models/...): as given if it exists, else beside
// the program's own checkout; as given if it is nowhere.
std::string FindResource(const std::string& path);

}  // namespace pgts::session
