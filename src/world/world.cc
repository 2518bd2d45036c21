// SPDX-License-Identifier: Apache-2.0
#include "world/world.h"

#include <algorithm>

#include "base/error.h"
#include "task/arithmetic_errors.h"
#include "world/store.h"

namespace pgts::world {

World::World(WorldParts parts)
    : parts_(std::move(parts)), growing_(*parts_.rounds), judging_(*parts_.rounds) {
  if (parts_.walkers == nullptr) parts_.walkers = std::make_shared<WalkerIds>();
  auto root = std::make_unique<Step>();
  root->prefix = parts_.prompt;
  steps_.push_back({.step = std::move(root)});
  if (parts_.store != nullptr) ReadStored();
}

void World::ReadStored() {
  std::map<std::vector<int>, int> ids = {{{}, kRootStep}};
  for (StoredStep& stored : parts_.store->Steps(parts_.id)) {
    if (ids.contains(stored.path)) continue;  // what was stored first counts
    const std::vector<int> parent(stored.path.begin(), stored.path.end() - 1);
    const auto found = ids.find(parent);
    if (found == ids.end()) {
      throw Error::Format(
          "{}: a stored step has no parent; remove the folder to grow its worlds "
          "anew",
          parts_.store->folder());
    }
    ids[stored.path] = Add(found->second, stored.path.back(), std::move(stored.raw));
  }
  ReadStoredScores(ids);
}

void World::ReadStoredScores(const std::map<std::vector<int>, int>& ids) {
  if (parts_.scorer_hash == 0) return;
  for (const StoredScore& stored : parts_.store->Scores(parts_.id)) {
    const auto found = ids.find(stored.path);
    if (stored.scorer != parts_.scorer_hash || found == ids.end()) continue;
    std::optional<Score>& score = steps_[found->second].score;
    if (!score) score = Score{stored.score, stored.seconds};
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
  ReadStep(*parts_.task, PathText(parent), *step, parts_.thinking);
  children_[{parent, attempt}] = step->id;
  steps_.push_back({.step = std::move(step)});
  return size() - 1;
}

Co<std::optional<World::Child>> World::AskChild(int node, int attempt, uint64_t walker) {
  const ChildKey key{node, attempt};
  const bool after_another = parts_.distinct_siblings && attempt > 1;
  if (after_another && !children_.contains(key)) {
    const std::optional<Child> elder = co_await AskChild(node, attempt - 1, walker);
    if (!elder) co_return std::nullopt;
  }
  while (growing_.Has(key)) co_await growing_.Wait(key);  // that answers this request too
  if (const auto found = children_.find(key); found != children_.end()) {
    co_return Child{steps_[found->second].step.get(), false};
  }
  if (parts_.grower == nullptr) co_return std::nullopt;
  const auto guard = growing_.Begin(key);
  Grower::Request request{.path = Path(node), .prefix = step(node).prefix, .walker = walker};
  request.path.push_back(attempt);
  for (int elder = 1; after_another && elder < attempt; ++elder) {
    request.excluded.push_back(&step(children_.at({node, elder})).raw);
  }
  std::optional<RawStep> raw = co_await parts_.grower->Grow(std::move(request));
  if (!raw) co_return std::nullopt;
  std::vector<float> state = std::exchange(raw->state, {});
  if (parts_.store != nullptr) {
    std::vector<int> path = Path(node);
    path.push_back(attempt);
    parts_.store->Write(parts_.id, StoredStep{std::move(path), *raw});
  }
  const int id = Add(node, attempt, *std::move(raw));
  // Now for nothing; later its path would have to be read.
  if (has_scorer() && !state.empty()) {
    const std::optional<Score> kept = co_await AskScore(id, walker, std::move(state));
    (void)kept;
  }
  co_return Child{steps_[id].step.get(), true};
}

Co<std::optional<Score>> World::AskScore(int node, uint64_t walker, std::vector<float> state) {
  while (judging_.Has(node)) co_await judging_.Wait(node);
  if (steps_[node].score || parts_.grower == nullptr) co_return steps_[node].score;
  const auto guard = judging_.Begin(node);
  ScoreRequest request{.prefix = step(node).prefix,
                       .evidence = Evidence(node),
                       .walker = walker,
                       .state = std::move(state)};
  const std::optional<Score> score = co_await parts_.grower->Judge(Path(node), std::move(request));
  if (score && parts_.store != nullptr) {
    parts_.store->Write(parts_.id, StoredScore{.path = Path(node),
                                               .scorer = parts_.scorer_hash,
                                               .score = score->value,
                                               .seconds = score->seconds});
  }
  steps_[node].score = score;
  co_return score;
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

PathEvidence World::Evidence(int id) const {
  const std::string text = PathText(id);
  PathEvidence evidence{.wrong_equations = task::CountWrongEquations(text),
                        .finished = step(id).terminal};
  if (evidence.finished) {
    evidence.unused_numbers = task::CountUnusedNumbers(parts_.question, text);
  }
  std::vector<const RawStep*> path;
  for (int at = id; at != kRootStep; at = step(at).parent) path.push_back(&step(at).raw);
  for (auto raw = path.rbegin(); raw != path.rend(); ++raw) {
    evidence.Add((*raw)->log_prob, (*raw)->tokens.size());
  }
  return evidence;
}

}  // namespace pgts::world
