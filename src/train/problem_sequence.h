// SPDX-License-Identifier: Apache-2.0
// The order in which phase 2 visits training problems: passes over those that phase 1 did not use,
// each pass shuffled anew. (The reward model has seen the answers to its own problems.)
#pragma once

#include <cstdint>
#include <vector>

#include "labels/options.h"

namespace pgts::train {

struct Visit {
  int64_t problem = 0;  // index in the training split
  int64_t earlier = 0;  // earlier visits to it
};

class ProblemSequence {
 public:
  struct Range {
    int64_t first = 0;
    int64_t count = 0;  // > 0
  };
  ProblemSequence(Range range, uint64_t seed) : range_(range), seed_(seed) {}

  // The `visit`-th visit, from 0. A pure function of range, seed and visit.
  Visit At(int64_t visit);

 private:
  Range range_;
  uint64_t seed_;
  int64_t pass_ = -1;
  std::vector<int64_t> order_;  // of pass_; empty where the range is too large to shuffle
};

// The problems that phase 2 trains on, of a training split of `size` > 0: those after phase 1's, at
// most `most` of them (0: all). If phase 1's reach into the second half of the split, phase 2 takes
// that half, and a warning says how many problems both use.
ProblemSequence::Range ProblemsBehind(const labels::DataOptions& phase_one, int64_t size,
                                      int64_t most);

}  // namespace pgts::train
