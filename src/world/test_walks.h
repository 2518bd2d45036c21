// SPDX-License-Identifier: Apache-2.0
// For tests of this room: a problem, and walks written down as text.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "base/rounds.h"
#include "world/walker.h"

namespace pgts::world {

inline task::Problem Pens(int64_t index = 0) {
  return {.index = index,
          .id = fmt::format("pens/{}", index),
          .question = "How many pens?",
          .gold = "46"};
}

// Everything that a walk can see of a step: equal walks give equal lines.
inline std::string Line(const Step& step, std::optional<float> score) {
  return fmt::format(
      "{}.{} '{}' tokens {} log_prob {:a} seconds {:a} end {}{}{}{} answer '{}' "
      "score {}",
      step.parent, step.attempt, step.raw.text, step.raw.generated, step.raw.log_prob,
      step.raw.seconds, static_cast<int>(step.raw.end), step.terminal ? " terminal" : "",
      step.dead ? " dead" : "", step.truncated ? " truncated" : "", step.answer,
      score ? fmt::format("{:a}", *score) : "none");
}

struct Walk {
  std::vector<std::string> lines;
  Charges charges;
};

// Goes down `attempts` from the root, scoring each step if `scored`, until the world cannot say.
inline Co<void> Follow(std::shared_ptr<World> world, std::vector<int> attempts, bool scored,
                       Walk* walk) {
  Walker walker(world);
  int at = kRootStep;
  for (int attempt : attempts) {
    const Step* step = co_await walker.Child(at, attempt);
    if (step == nullptr) break;
    at = step->id;
    std::optional<float> score;
    if (scored) score = co_await walker.Score(at);
    walk->lines.push_back(Line(*step, score));
  }
  walk->charges = walker.charges();
}

}  // namespace pgts::world
