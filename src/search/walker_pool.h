// SPDX-License-Identifier: Apache-2.0
// The walkers of one search, each standing at the step that it last asked for.
//
// The models keep each walker's path in memory, so that a step behind it costs only its own tokens.
// A request therefore goes to the walker that stands at its parent. If none does, it goes to the
// one that shares the longest path with the parent (ties: the one with the shortest path, then the
// first), but never to one that stands at another request's parent. What is written does not depend
// on the walker that asks.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "world/walker.h"

namespace pgts::search {

class WalkerPool {
 public:
  // `count` >= 1. All stand at the root.
  WalkerPool(std::shared_ptr<world::World> world, int count);

  int size() const { return static_cast<int>(walkers_.size()); }
  world::World& world() const { return *world_; }

  // For each parent (a step of the world; at most size() of them) the walker to ask through, none
  // twice.
  std::vector<int> Assign(std::span<const int> parents) const;
  world::Walker& walker(int index) const { return *walkers_[index]; }
  void StandAt(int walker, int step) { stands_[walker] = step; }

  // Of all walkers; the problem's prompt counts once.
  world::Charges charges() const;

 private:
  int Nearest(int parent, std::span<const char> taken) const;
  int SharedDepth(int a, int b) const;  // of the deepest step on both paths

  std::shared_ptr<world::World> world_;
  std::vector<std::unique_ptr<world::Walker>> walkers_;
  std::vector<int> stands_;  // [walkers] steps of the world
};

}  // namespace pgts::search
