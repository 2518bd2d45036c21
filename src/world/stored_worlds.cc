// SPDX-License-Identifier: Apache-2.0
#include "world/stored_worlds.h"

#include <optional>

namespace pgts::world {

std::shared_ptr<World> StoredWorlds::Open(const task::Problem& problem, int epoch) {
  const std::optional<WorldId> id =
      parts_.store->Find({.settings = parts_.settings,
                          .prompt = PromptKey(parts_.prompt, parts_.task->Prompt(problem)),
                          .epoch = epoch,
                          .problem = problem.id});
  WorldParts parts{.rounds = parts_.rounds, .task = parts_.task};
  if (!id) return std::make_shared<World>(std::move(parts));  // knows its root only
  if (const auto found = open_.find(*id); found != open_.end()) {
    if (std::shared_ptr<World> open = found->second.lock()) return open;
  }
  parts.store = parts_.store;
  parts.id = *id;
  parts.scorer_hash = parts_.scorer_hash;
  parts.prompt = llm::Extend(nullptr, parts_.store->Prompt(*id));
  auto world = std::make_shared<World>(std::move(parts));
  std::erase_if(open_, [](const auto& entry) { return entry.second.expired(); });
  open_[*id] = world;
  return world;
}

}  // namespace pgts::world
