// SPDX-License-Identifier: Apache-2.0
// What searches are run in: a task's problems, the worlds that are walked, and who answers when all
// searches wait. session::Session makes one of models; tests make one of what they need.
#pragma once

#include <cstdint>
#include <functional>

#include "base/rounds.h"
#include "search/methods.h"
#include "task/task.h"
#include "world/store.h"
#include "world/world_source.h"

namespace pgts::eval {

// All that it points to outlives it. A copy is cheap. Belongs to one thread.
struct Environment {
  Rounds& rounds;
  const task::Task& task;
  world::WorldSource* sampled = nullptr;  // worlds whose siblings are independent samples
  world::WorldSource* trees = nullptr;    // that trees are searched in; null: the sampled ones
  world::WorldSource* greedy = nullptr;   // worlds with a greedy chain; null: nobody asks for one
  world::Store* store = nullptr;          // where all are kept; null: nowhere
  bool has_scorer = false;                // worlds answer what a step scores
  world::ScoreQuantiles scores = world::EvenScores();  // the scorer's
  int width = 1;                     // walkers that the models' memory has places for
  int64_t generator_parameters = 0;  // for FLOPs
  int64_t scorer_parameters = 0;
  // Drops every resident prefix: the start of an iteration or of a method's run, so that what
  // follows does not depend on what came before.
  std::function<void()> forget = [] {};

  world::WorldSource* WorldsOf(search::Worlds wanted) const {
    switch (wanted) {
      case search::Worlds::kGreedy: return greedy;
      case search::Worlds::kTrees: return trees ? trees : sampled;
      case search::Worlds::kSampled:
      case search::Worlds::kGreedyFirst: break;
    }
    return sampled;
  }
  // Greedy decoding is a walk of the sampled worlds.
  bool GreedyFirst() const { return greedy != nullptr && greedy == sampled; }
};

}  // namespace pgts::eval
