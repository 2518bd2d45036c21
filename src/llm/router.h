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

// The batcher of each path: where the walker already has a part of it; else where the path's
// beginning is resident or was just sent to, if that one is not overfull; else the one with the
// least to do (ties: the lowest). A walker that comes anew goes only where there is a slot for it,
// its own or nobody's, as long as there is one: else it would push out a walker that waits for its
// score. A function of the arguments alone; who moves has to leave its old batcher.
std::vector<int> Route(std::span<const RoutedPath> paths, std::span<const Batcher* const> batchers);

}  // namespace pgts::llm
