// SPDX-License-Identifier: Apache-2.0
// Worlds as they were stored, without a model: every walk that was recorded is walked again byte
// for byte. What was not recorded is the outcome not_recorded, never an error.
#pragma once

#include <cstdint>
#include <map>
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
    uint64_t settings = 0;                            // SettingsKey() of the run that grew them
    llm::PromptKind prompt = llm::PromptKind::kAuto;  // that run's
    uint64_t scorer_hash = 0;                         // whose scores are read; 0: none
  };
  explicit StoredWorlds(Parts parts) : parts_(parts) {}

  std::shared_ptr<World> Open(const task::Problem& problem, int epoch) override;

 private:
  Parts parts_;
  std::map<WorldId, std::weak_ptr<World>> open_;
};

}  // namespace pgts::world
