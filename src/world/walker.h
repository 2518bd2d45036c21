// SPDX-License-Identifier: Apache-2.0
// A walker asks a world for steps and scores on behalf of a search, and counts what it is charged.
//
// It is charged once for each child that it asks for, whether that is computed now or read back; of
// two walkers that ask for the same child at once, the first has it computed. Scores are requests
// of their own: a search that looks at none pays for none. Generator and scorer keep one path for
// each walker in memory, so a walker should go on from where it stands, or from an ancestor.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>

#include "base/rounds.h"
#include "world/world.h"

namespace pgts::world {

struct Charges {
  int64_t tokens = 0;           // generated, discarded ones included
  int64_t computed_tokens = 0;  // of these, computed now
  int64_t steps = 0;
  int64_t scored_steps = 0;
  int64_t scored_tokens = 0;  // on the paths to them, each token once
  int64_t prompt_tokens = 0;  // of the problem, once per walker
  double seconds = 0;         // device time of the steps and scores, whenever it was spent
  bool not_recorded = false;  // the world could not say: this walk is no evidence

  Charges& operator+=(const Charges& other);
};

class Walker {
 public:
  explicit Walker(std::shared_ptr<World> world);
  ~Walker();
  Walker(const Walker&) = delete;
  Walker& operator=(const Walker&) = delete;

  // nullptr: not recorded (and noted in the charges). The step lives as long as the world.
  Co<const Step*> Child(int node, int attempt);
  // Of a step that this or another walker has asked for, not the root.
  Co<std::optional<float>> Score(int node);

  const Charges& charges() const { return charges_; }
  World& world() const { return *world_; }
  uint64_t id() const { return id_; }

 private:
  int64_t Read(int node);

  std::shared_ptr<World> world_;
  uint64_t id_;
  Charges charges_;
  std::set<int> charged_steps_, charged_scores_;
  std::set<int> read_;  // by the scorer
};

}  // namespace pgts::world
