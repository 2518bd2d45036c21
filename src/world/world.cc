// SPDX-License-Identifier: Apache-2.0
#include "world/world.h"

#include <algorithm>

#include "base/error.h"
#include "world/store.h"

namespace pgts::world {

World::World(WorldParts parts) : parts_(std::move(parts)) {
  auto root = std::make_unique<Step>();
  root->prefix = parts_.prompt;
  steps_.push_back({.step = std::move(root)});
  if (parts_.store != nullptr) ReadStored();
}

void World::ReadStored() {
  std::map<std::vector<int>, int> ids = {{{}, kRootStep}};
  for (StoredStep& stored : parts_.store->Steps(parts_.id)) {
    const std::vector<int> parent(stored.path.begin(), stored.path.end() - 1);
    const int id = Add(ids.at(parent), stored.path.back(), std::move(stored.raw));
    ids[stored.path] = id;
  }
  for (const StoredScore& stored : parts_.store->Scores(parts_.id)) {
    if (stored.scorer != parts_.scorer_hash) continue;
    steps_[ids.at(stored.path)].score = Score{.value = stored.score, .seconds = stored.seconds};
  }
}

int World::Add(int parent, int attempt, RawStep raw) {
  auto step = std::make_unique<Step>();
  step->id = size();
  step->parent = parent;
  step->attempt = attempt;
  step->depth = steps_[parent].step->depth + 1;
  step->raw = std::move(raw);
  step->prefix = llm::Extend(steps_[parent].step->prefix, step->raw.tokens);
  ReadStep(*parts_.task, PathText(parent), *step);
  children_[{parent, attempt}] = step->id;
  steps_.push_back({.step = std::move(step)});
  return size() - 1;
}

Co<std::optional<World::Child>> World::AskChild(int node, int attempt, uint64_t walker) {
  const ChildKey key{node, attempt};
  while (growing_.contains(key)) {  // someone else's request will answer this one too
    const Rounds::Ticket ticket = parts_.rounds->NewTicket();
    growing_[key].push_back(ticket);
    co_await parts_.rounds->Park(ticket);
  }
  if (const auto found = children_.find(key); found != children_.end()) {
    co_return Child{steps_[found->second].step.get(), false};
  }
  if (parts_.grower == nullptr) co_return std::nullopt;
  growing_[key];
  std::vector<int> path = Path(node);
  path.push_back(attempt);
  std::optional<RawStep> raw =
      co_await parts_.grower->Grow({.prefix = step(node).prefix, .path = path, .walker = walker});
  const std::vector<Rounds::Ticket> waiting = std::move(growing_[key]);
  growing_.erase(key);
  Wake(waiting);
  if (!raw) co_return std::nullopt;
  if (parts_.store != nullptr) parts_.store->Write(parts_.id, StoredStep{path, *raw});
  const int id = Add(node, attempt, *std::move(raw));
  co_return Child{steps_[id].step.get(), true};
}

Co<std::optional<World::Score>> World::AskScore(int node, uint64_t walker) {
  while (judging_.contains(node)) {
    const Rounds::Ticket ticket = parts_.rounds->NewTicket();
    judging_[node].push_back(ticket);
    co_await parts_.rounds->Park(ticket);
  }
  if (steps_[node].score) {
    Score score = *steps_[node].score;
    score.computed = false;
    co_return score;
  }
  if (parts_.grower == nullptr) co_return std::nullopt;
  judging_[node];
  const std::optional<Grower::Judged> judged =
      co_await parts_.grower->Judge(step(node).prefix, walker);
  const std::vector<Rounds::Ticket> waiting = std::move(judging_[node]);
  judging_.erase(node);
  Wake(waiting);
  if (!judged) co_return std::nullopt;
  if (parts_.store != nullptr) {
    parts_.store->Write(parts_.id, StoredScore{Path(node), parts_.scorer_hash, judged->score,
                                               judged->seconds});
  }
  steps_[node].score = Score{judged->score, judged->seconds, true};
  co_return steps_[node].score;
}

void World::Wake(std::vector<Rounds::Ticket> tickets) {
  for (Rounds::Ticket ticket : tickets) parts_.rounds->Resume(ticket);
}

std::string World::PathText(int id) const {
  std::string text;
  std::vector<const std::string*> parts;
  for (int at = id; at != kRootStep; at = step(at).parent) parts.push_back(&step(at).raw.text);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) text += **part;
  return text;
}

std::vector<int> World::Path(int id) const {
  std::vector<int> path;
  for (int at = id; at != kRootStep; at = step(at).parent) path.push_back(step(at).attempt);
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace pgts::world
