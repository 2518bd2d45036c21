// SPDX-License-Identifier: Apache-2.0
// A chain: steps that follow each other down a world. Only the first step's attempt is chosen, so
// that a chain is the same whoever walks it: below it every step is the first attempt of its kind.
//
//   world             greedy chain   sampled chain k = 1, 2, ...
//   sampled           (none)         k, 1, 1, ...
//   greedy first      1, 1, 1, ...   k + 1, 2, 2, ...
//     and distinct    1, 1, 1, ...   k + 1, 1, 1, ...: a first step that no other chain has, and
//                                    what is most likely below it
//   temperature 0     1, 1, 1, ...   (none)
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

// The attempt that begins a chain, by the table above. kGreedyChain: the greedy one.
inline constexpr int kGreedyChain = 0;
int FirstAttempt(const World& world, int chain);
// The attempt by which a chain that begins with attempt `first` goes on below every step.
int AttemptBelow(const World& world, int first);

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
