// SPDX-License-Identifier: Apache-2.0
#include "eval/action_bound.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>
#include <vector>

namespace pgts::eval {

double TokensToRight(const world::World& world, const task::Problem& problem) {
  // Siblings beside each other; a step's id is above its parent's, so parents come first.
  std::map<std::pair<int, int>, int> steps;  // (parent, attempt) -> id
  for (int id = 1; id < world.size(); ++id) {
    steps[{world.step(id).parent, world.step(id).attempt}] = id;
  }
  double least = std::numeric_limits<double>::infinity();
  std::vector<double> spent(world.size());  // to stand at a step
  int parent = -1;
  double so_far = 0;
  for (const auto& [place, id] : steps) {
    const world::Step& step = world.step(id);
    if (std::exchange(parent, step.parent) != step.parent) so_far = spent[step.parent];
    if (step.terminal && problem.IsRight(step.answer)) least = std::min(least, so_far);
    so_far += step.raw.generated;
    spent[id] = so_far;
  }
  return least;
}

}  // namespace pgts::eval
