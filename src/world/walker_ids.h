// SPDX-License-Identifier: Apache-2.0
// Names of walkers, small and used again: an engine keeps a place in its memory for each name, so
// that a walker who leaves hands his place on. The lowest free number is given out; with the same
// walkers in the same order the names are the same.
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
