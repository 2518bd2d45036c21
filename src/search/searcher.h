// SPDX-License-Identifier: Apache-2.0
// The seam of all searchers: a coroutine that walks one problem's world and comes back with an
// answer and what it was charged. No prompts, sampling, tokenizers, scoring or gold answers here.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/rounds.h"
#include "tree/trajectory.h"
#include "tree/tree.h"
#include "world/walker.h"

namespace pgts::search {

// One chain, or one search, of a method that draws several.
struct ChainResult {
  std::string answer;  // empty: none
  float score = 0;     // of its path by the method's rule, where it answers and the method scores
  std::vector<std::optional<float>> step_scores;  // [depth], those that the method asked for
  world::Charges charges;
  int depth = 0;
  int last_step = world::kRootStep;     // its end in the world
  std::shared_ptr<world::World> world;  // where it walked; null: the context's
};

struct SearchResult {
  std::optional<std::string> answer;
  float score = 0;  // of the step that states the answer; 0 where the method looks at none
  int answer_step = world::kRootStep;          // the step of the world that states it
  std::shared_ptr<world::World> answer_world;  // that world; null: the context's
  world::Charges charges;                      // charges.not_recorded: the walk is no evidence
  int nodes = 0;
  int depth = 0;  // deepest step
  int actions = 0;
  double policy_nodes = 0;          // nodes read by the policy, summed over decisions (for FLOPs)
  std::vector<ChainResult> chains;  // of methods that draw chains
};

struct SearchContext {
  Rounds& rounds;
  std::shared_ptr<world::World> world;
  tree::Limits limits;
  Key draw;  // names this search; decision n draws from draw.With(n)
  tree::SearchObserver* observer = nullptr;  // may be null
  // World k = 1, 2, ... of this problem beside `world`, for searches that vote together; empty: all
  // of them walk `world`.
  std::function<std::shared_ptr<world::World>(int k)> further_world = {};
};

// Immutable; many searches may run it at once on one thread. Its names are in search/methods.h.
class Searcher {
 public:
  virtual ~Searcher() = default;
  // Walkers that one search sends out at once, at most: each takes a place in the models' memory.
  virtual int Walkers(const tree::Limits& /*limits*/) const { return 1; }
  // The context is passed by value: it must live as long as the coroutine.
  virtual Co<SearchResult> Run(SearchContext context) const = 0;
};

// Walks the greedy chain or chain 1, 2, ... below the root (world/chain.h), the same for every
// method (common random numbers); of the limits only max_depth and max_tokens hold for a chain.
// With a path score, a chain that answers is scored: its last step for kLast, each of its steps for
// the others.
Co<ChainResult> WalkChain(std::shared_ptr<world::World> world, int chain, tree::Limits limits,
                          std::optional<tree::PathScore> path_score = std::nullopt);

// The whole-number N of one problem for a fractional mean: floor(n), or one more with probability
// frac(n); at least 1.
int DrawCount(double mean, const Key& draw);

}  // namespace pgts::search
