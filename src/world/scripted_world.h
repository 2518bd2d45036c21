// SPDX-License-Identifier: Apache-2.0
// Worlds that a function writes, for tests and toy problems without a model: path -> step, path ->
// score. A token per byte of text; the prompt is the question and a newline.
//
// They run like live ones: requests are answered in batches, a round at a time; walkers share
// computations; a store keeps what was grown.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/rounds.h"
#include "task/problem.h"
#include "world/world.h"
#include "world/world_source.h"

namespace pgts::world {

// Which step: its world (problem and epoch) and its path there.
struct StepAddress {
  const task::Problem& problem;
  int epoch;
  std::span<const int> path;  // attempts from the root, its own last; never empty
};

// Pure functions. nullopt: this world cannot say (not_recorded).
struct Script {
  std::function<std::optional<RawStep>(const StepAddress&)> step;
  std::function<std::optional<float>(const StepAddress&)> score;  // may be empty: no scorer
};

// A step of this text; with kSeparator the text should end in it. Charged: a token per byte, and
// the end-of-text token.
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
    Store* store = nullptr;     // null: nothing is kept
    bool grow = true;           // false: only what is stored
    uint64_t scorer_hash = 1;   // scores are stored under it
    int max_step_tokens = 0;    // what the script's longest step is charged; 0: not known
    bool greedy_first = false;  // as in LiveWorldsOptions
  };
  ScriptedWorlds(Parts parts, Script script);

  std::shared_ptr<World> Open(const task::Problem& problem, int epoch) override;

  // Steps and scores computed, and the batches that they came in.
  const PhaseCounts& written() const { return steps_.counts(); }
  const PhaseCounts& judged() const { return scores_.counts(); }

 private:
  class ScriptGrower;
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
  OpenWorlds open_;
};

}  // namespace pgts::world
