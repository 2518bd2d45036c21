// SPDX-License-Identifier: Apache-2.0
// What a perfect choice of action would have to spend on one problem.
//
// To stand at attempt k of a node, the four actions must ask for attempts 1..k there and for
// nothing else. So the cheapest way to a node costs
//   sum over the nodes v of its path of   tokens of attempts 1..attempt(v) below parent(v),
// and within a token budget the node can be asked for if that sum, without its own last step, is
// below the budget (tokens are checked before a step). A search that asked for the node paid all of
// that: none in this world does better than a perfect choice among the steps that all of them grew.
#pragma once

#include "task/problem.h"
#include "world/world.h"

namespace pgts::eval {

// That sum for the cheapest step of the problem's `world` that answers right, among those grown so
// far; infinity where none does.
double TokensToRight(const world::World& world, const task::Problem& problem);

}  // namespace pgts::eval
