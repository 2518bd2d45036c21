// SPDX-License-Identifier: Apache-2.0
// Which models grew the stored worlds of a folder and which scored them: worlds.json beside them.
// A replay takes from it what only the model's file could tell it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "world/world_source.h"

namespace pgts::world {

struct GeneratorRecord {
  std::string file;  // name without folder
  GeneratorIdentity identity;
  int64_t parameters = 0;
};

struct ScorerRecord {
  uint64_t hash = 0;
  int64_t parameters = 0;
};

struct Provenance {
  std::vector<GeneratorRecord> generators;  // in the order of their first use
  std::vector<ScorerRecord> scorers;
};

// Empty where the folder holds none yet. Error, with the file, for one that cannot be read.
Provenance ReadProvenance(const std::string& folder);

// Adds one that is not there yet. For the folder's one writer.
void Record(const std::string& folder, const GeneratorRecord& generator);
void Record(const std::string& folder, const ScorerRecord& scorer);

// The folder of "stored:FOLDER", the name of worlds that are replayed; empty for any other.
std::string StoredFolder(const std::string& name);

}  // namespace pgts::world
