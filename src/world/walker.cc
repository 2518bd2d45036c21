// SPDX-License-Identifier: Apache-2.0
#include "world/walker.h"

#include <utility>

namespace pgts::world {

Charges& Charges::operator+=(const Charges& other) {
  tokens += other.tokens;
  computed_tokens += other.computed_tokens;
  steps += other.steps;
  scored_steps += other.scored_steps;
  scored_tokens += other.scored_tokens;
  prompt_tokens += other.prompt_tokens;
  seconds += other.seconds;
  not_recorded = not_recorded || other.not_recorded;
  return *this;
}

Walker::Walker(std::shared_ptr<World> world)
    : world_(std::move(world)), id_(world_->walkers().Take()) {
  charges_.prompt_tokens = world_->prompt_tokens();
}

Walker::~Walker() { world_->walkers().Return(id_); }

Co<const Step*> Walker::Child(int node, int attempt) {
  const std::optional<World::Child> child = co_await world_->AskChild(node, attempt, id_);
  if (!child) {
    charges_.not_recorded = true;
    co_return nullptr;
  }
  if (!charged_steps_.insert(child->step->id).second) co_return child->step;
  const RawStep& raw = child->step->raw;
  ++charges_.steps;
  charges_.tokens += raw.generated;
  charges_.computed_tokens += child->computed ? raw.generated : 0;
  charges_.seconds += raw.seconds;
  co_return child->step;
}

Co<std::optional<float>> Walker::Score(int node) {
  const std::optional<world::Score> score = co_await world_->AskScore(node, id_);
  if (!score) {
    charges_.not_recorded = true;
    co_return std::nullopt;
  }
  if (!charged_scores_.insert(node).second) co_return score->value;
  ++charges_.scored_steps;
  charges_.scored_tokens += Read(node);
  charges_.seconds += score->seconds;
  co_return score->value;
}

// Tokens on the path to `node` that the scorer had not read for this walker: it reads a path whole,
// and goes on from what it holds of it.
int64_t Walker::Read(int node) {
  int64_t tokens = 0;
  for (int at = node; at != kRootStep && read_.insert(at).second; at = world_->step(at).parent) {
    tokens += world_->step(at).raw.generated;
  }
  return tokens;
}

}  // namespace pgts::world
