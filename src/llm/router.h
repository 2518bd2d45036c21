// SPDX-License-Identifier: Apache-2.0
// Which context of a pool answers which request: the one that holds most of its path already, as
// long as the load stays even.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "llm/batcher.h"
#include "llm/prefix.h"

namespace pgts::llm {

// What of a request decides where it goes.
struct RoutedPath {
  uint64_t walker = 0;
  PrefixPtr prefix;
};

// The batcher of each path, by the first rule that fits:
//   1. where the walker already holds a part of the path
//   2. where the path's beginning is resident or was just sent to, if not too much is to do there
//   3. where least is to do (ties: the lowest)
// By rules 2 and 3 a walker goes only where it has a slot or one is free, as long as there is such
// a batcher: else it would push out a walker that waits for its score. The result depends on the
// arguments alone. A walker that moves has to leave its old batcher (Batcher::Leave).
std::vector<int> Route(std::span<const RoutedPath> paths, std::span<const Batcher* const> batchers);

}  // namespace pgts::llm
