// SPDX-License-Identifier: Apache-2.0
// Numbers for walkers, small and used again: an engine keeps memory for each number, and a walker
// that ends hands its memory on. The lowest free number is given out, so the same walkers in the
// same order get the same numbers.
//
// Belongs to one thread.
#pragma once

#include <cstdint>
#include <set>

namespace pgts::world {

class WalkerIds {
 public:
  uint64_t Take() {
    if (free_.empty()) return next_++;
    return free_.extract(free_.begin()).value();
  }
  void Return(uint64_t id) { free_.insert(id); }

 private:
  std::set<uint64_t> free_;
  uint64_t next_ = 0;
};

}  // namespace pgts::world
