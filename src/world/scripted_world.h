// SPDX-License-Identifier: Apache-2.0
// Worlds that a function writes, so that tests and toy worlds need no model: path -> step, path ->
// score. One token per byte of text; the prompt is the question and a newline.
//
// They run like live ones: requests wait for their round and are answered in batches, walkers share
// computations, a store keeps what was grown.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/rounds.h"
#include "task/problem.h"
#include "world/world.h"
#include "world/world_source.h"

namespace pgts::world {

// A step's name: which world, and where in it.
struct ScriptPlace {
  const task::Problem& problem;
  int epoch;
  std::span<const int> path;  // attempts from the root, its own last; never empty
};

// Pure functions. nullopt: this world cannot say (not_recorded).
struct Script {
  std::function<std::optional<RawStep>(const ScriptPlace&)> step;
  std::function<std::optional<float>(const ScriptPlace&)> score;  // may be empty: no scorer
};

// A step of this text; with kSeparator the text should end in it. Charged: a token a byte, and the
// end-of-text token.
RawStep ScriptedStep(std::string_view text, llm::StepEnd end = llm::StepEnd::kSeparator);

// A tree by hand, the same for every problem and epoch. What is not in it is not recorded.
struct ScriptedNode {
  std::string text;
  float score = 0.5F;
  llm::StepEnd end = llm::StepEnd::kSeparator;
};
Script TableScript(std::map<std::vector<int>, ScriptedNode> nodes);

// Must outlive its worlds, and its Rounds must outlive both.
class ScriptedWorlds : public WorldSource {
 public:
  struct Parts {
    Rounds* rounds;
    const task::Task* task;
    Store* store = nullptr;    // null: nothing is kept
    bool grow = true;          // false: only what is stored
    uint64_t scorer_hash = 1;  // scores are stored under it
    int max_step_tokens = 0;   // what the script's longest step is charged; 0: not known
  };
  ScriptedWorlds(Parts parts, Script script);

  std::shared_ptr<World> Open(const task::Problem& problem, int epoch) override;

  // Steps and scores computed, and the batches that they came in.
  const PhaseCounts& written() const { return steps_.counts(); }
  const PhaseCounts& judged() const { return scores_.counts(); }

 private:
  class PlaceGrower;
  struct Request {
    const task::Problem* problem;
    int epoch;
    std::vector<int> path;
  };

  Parts parts_;
  Script script_;
  std::shared_ptr<WalkerIds> walkers_;
  Gather<Request, std::optional<RawStep>> steps_;
  Gather<Request, std::optional<float>> scores_;
  std::map<WorldId, std::weak_ptr<World>> open_;
};

}  // namespace pgts::world
