// SPDX-License-Identifier: Apache-2.0
// worlds.json beside stored worlds: which models grew them. With it they are found and their costs
// told where no model is at hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "world/world_source.h"

namespace pgts::world {

struct GrownBy {
  struct Generator {
    std::string file;  // name without folder
    GeneratorIdentity identity;
    int64_t parameters = 0;
  };
  struct Scorer {
    uint64_t hash = 0;
    int64_t parameters = 0;
  };
  std::vector<Generator> generators;  // in the order of their first use
  std::vector<Scorer> scorers;
};

// Empty where the folder holds none yet; Error with file and line for what is none.
GrownBy ReadGrownBy(const std::string& folder);

// Adds one that is not there yet. For the folder's one writer.
void NoteGenerator(const std::string& folder, const GrownBy::Generator& generator);
void NoteScorer(const std::string& folder, const GrownBy::Scorer& scorer);

// The folder of "stored:FOLDER", the name of worlds that are replayed; empty for any other.
std::string StoredFolder(const std::string& name);

}  // namespace pgts::world
