// SPDX-License-Identifier: Apache-2.0
#include "world/stored_worlds.h"

#include <optional>

namespace pgts::world {

std::shared_ptr<World> StoredWorlds::Open(const task::Problem& problem, int epoch) {
  const std::optional<WorldId> id =
      parts_.store->Find({.settings = parts_.settings,
                          .prompt = PromptKey(parts_.prompt.kind, parts_.task->Prompt(problem)),
                          .epoch = epoch,
                          .problem = problem.id});
  if (!id) return std::make_shared<World>(WorldParts{.rounds = parts_.rounds, .task = parts_.task});
  if (std::shared_ptr<World> world = open_.Find(*id)) return world;
  return open_.Add({.rounds = parts_.rounds,
                    .task = parts_.task,
                    .store = parts_.store,
                    .id = *id,
                    .scorer_hash = parts_.scorer_hash,
                    .prompt = llm::Extend(nullptr, parts_.store->Prompt(*id)),
                    .greedy_first = parts_.greedy_first,
                    .distinct_siblings = parts_.distinct_siblings,
                    .thinking = parts_.prompt.thinking});
}

}  // namespace pgts::world
