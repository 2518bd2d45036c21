// SPDX-License-Identifier: Apache-2.0
// Which training problem is visited when: passes over the problems that phase 1 did not use, each
// pass in an order of its own. (The reward model has seen the answers to its own problems.)
#pragma once

#include <cstdint>
#include <vector>

namespace pgts::train {

struct Visit {
  int64_t problem = 0;   // index in the training split
  int64_t earlier = 0;   // earlier visits to it
};

class ProblemSequence {
 public:
  struct Range {
    int64_t first = 0;
    int64_t count = 0;   // > 0
    uint64_t seed = 0;
  };
  explicit ProblemSequence(Range range) : range_(range) {}

  // The `visit`-th visit, from 0. A pure function of the range and the visit.
  Visit At(int64_t visit);

 private:
  Range range_;
  int64_t pass_ = -1;
  std::vector<int64_t> order_;  // of pass_; empty where the range is too large to shuffle
};

}  // namespace pgts::train
