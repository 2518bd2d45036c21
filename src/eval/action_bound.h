// SPDX-License-Identifier: Apache-2.0
// What a perfect choice of actions would have to spend on one problem.
//
// To reach attempt k below a node, a search must ask for attempts 1 to k there, and for nothing
// else. So the cheapest way to a node costs
//   sum over the nodes v on its path of   tokens of attempts 1..attempt(v) below parent(v).
// Budgets are checked before a step: the node can be asked for if this sum, without the node's own
// tokens, is below the token budget. Every search that asked for the node has paid that much. So no
// search in this world does better than a perfect choice among the steps that all of them grew.
#pragma once

#include "task/problem.h"
#include "world/world.h"

namespace pgts::eval {

// That sum, without its own tokens, for the cheapest right answer among the steps grown so far in
// the problem's `world`; infinity where there is none.
double TokensToRight(const world::World& world, const task::Problem& problem);

}  // namespace pgts::eval
