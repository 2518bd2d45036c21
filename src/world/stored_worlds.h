// SPDX-License-Identifier: Apache-2.0
// Worlds as they were stored, without a model: a walk that was recorded gives the same bytes again,
// any other the outcome not_recorded.
#pragma once

#include <cstdint>
#include <memory>

#include "world/store.h"
#include "world/world_source.h"

namespace pgts::world {

class StoredWorlds : public WorldSource {
 public:
  // Everything pointed to must outlive it.
  struct Parts {
    Rounds* rounds;
    const task::Task* task;
    Store* store;
    uint64_t settings = 0;           // SettingsKey() of the run that grew them
    llm::PromptOptions prompt;       // that run's
    uint64_t scorer_hash = 0;        // whose scores are read; 0: none
    bool greedy_first = false;       // as in LiveWorldsOptions
    bool distinct_siblings = false;  // the same
  };
  explicit StoredWorlds(Parts parts) : parts_(parts) {}

  std::shared_ptr<World> Open(const task::Problem& problem, int epoch) override;

 private:
  Parts parts_;
  OpenWorlds open_;
};

}  // namespace pgts::world
