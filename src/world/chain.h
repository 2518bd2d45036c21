// SPDX-License-Identifier: Apache-2.0
// A chain: steps that follow each other down a world, each the first attempt below the one before.
// Only the first step's attempt is chosen, so chain k below a node is the same whoever walks it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/rounds.h"
#include "world/walker.h"

namespace pgts::world {

struct ChainStart {
  int node = kRootStep;
  int attempt = 1;  // below that node
};

struct ChainLimits {
  int max_depth = 0;       // of a step, counted from the root
  int64_t max_tokens = 0;  // charged to the walker; 0: no limit
};

struct Chain {
  std::vector<const Step*> steps;  // in order; valid as long as the world
  bool recorded = true;            // false: the world could not say how it goes on
};

// Goes on until a terminal or dead step, or until a limit is reached. The walker must outlive it.
Co<Chain> WalkChain(Walker& walker, ChainStart start, ChainLimits limits);

}  // namespace pgts::world
