// SPDX-License-Identifier: Apache-2.0
// A world: the infinite tree of possible reasoning for one problem, grown lazily. Its child k of a
// node is the k-th step written after that node. It has no width or node limit and holds no gold
// answer.
//
// A node is its path of attempt indices, never its text: two samples with the same first step stay
// independent. Where siblings are distinct, child k is drawn without replacement
// (llm/excluded_steps.h), after children 1 to k - 1. What was grown or stored is never computed
// again, and walkers that ask for the same child at once share one computation.
//
// Belongs to the thread of its Rounds.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/rounds.h"
#include "world/in_flight.h"
#include "world/step.h"
#include "world/step_scorer.h"
#include "world/walker_ids.h"

namespace pgts::world {

class Store;

inline constexpr int kRootStep = 0;

struct Score {
  float value = 0;     // [0, 1]
  double seconds = 0;  // its share of device time, whenever it was spent
};

// Where new steps and scores come from: a model or a script. nullopt: it cannot say (not_recorded).
class Grower {
 public:
  virtual ~Grower() = default;
  struct Request {
    std::vector<int> path;  // attempt indices from the root to the wanted step, its own last
    llm::PrefixPtr prefix;  // up to its parent
    uint64_t walker = 0;
    std::vector<const RawStep*> excluded;  // its elder siblings, where siblings are distinct
  };
  virtual Co<std::optional<RawStep>> Grow(Request request) = 0;
  // path: of the step to judge, its own attempt last.
  virtual Co<std::optional<Score>> Judge(std::vector<int> path, ScoreRequest request) = 0;
};

// A hash of everything that decides what is written in a world (world/world_source.h).
using WorldId = uint64_t;

struct WorldParts {
  Rounds* rounds;
  const task::Task* task;
  std::shared_ptr<Grower> grower;      // null: only what is stored
  Store* store = nullptr;              // null: nothing is kept
  std::shared_ptr<WalkerIds> walkers;  // shared by the worlds of one source; null: its own
  WorldId id = 0;
  uint64_t scorer_hash = 0;  // scores are stored under it; 0: this world has no scorer
  llm::PrefixPtr prompt;
  std::string question = {};
  int max_step_tokens = 0;    // what the longest step can be charged; 0: not known
  bool greedy_first = false;  // attempt 1 of every node is its greedy step, the others are sampled
  bool distinct_siblings = false;  // a child is drawn from what its elder siblings have left
  bool thinking = false;           // as in ReadStep
};

class World {
 public:
  explicit World(WorldParts parts);

  WalkerIds& walkers() const { return *parts_.walkers; }

  struct Child {
    const Step* step = nullptr;  // valid as long as the world
    bool computed = false;       // by this request, rather than read back or shared
  };
  // attempt >= 1. nullopt: not recorded.
  Co<std::optional<Child>> AskChild(int node, int attempt, uint64_t walker);

  // Of a step that is not the root. state: RawStep::state, where it is at hand. nullopt: not
  // recorded.
  Co<std::optional<Score>> AskScore(int node, uint64_t walker, std::vector<float> state = {});

  const Step& step(int id) const { return *steps_[id].step; }
  int size() const { return static_cast<int>(steps_.size()); }  // steps known, the root included
  std::string PathText(int id) const;
  std::vector<int> Path(int id) const;  // attempt indices
  PathEvidence Evidence(int id) const;  // of its path
  int prompt_tokens() const { return parts_.prompt ? parts_.prompt->length : 0; }
  int max_step_tokens() const { return parts_.max_step_tokens; }  // 0: not known
  bool greedy_first() const { return parts_.greedy_first; }
  bool distinct_siblings() const { return parts_.distinct_siblings; }
  bool has_scorer() const { return parts_.scorer_hash != 0; }
  WorldId id() const { return parts_.id; }

 private:
  struct Slot {
    std::unique_ptr<Step> step;
    std::optional<Score> score;
  };
  using ChildKey = std::pair<int, int>;  // parent, attempt

  void ReadStored();
  void ReadStoredScores(const std::map<std::vector<int>, int>& ids);
  int Add(int parent, int attempt, RawStep raw);

  WorldParts parts_;
  std::vector<Slot> steps_;
  std::map<ChildKey, int> children_;
  InFlight<ChildKey> growing_;
  InFlight<int> judging_;
};

}  // namespace pgts::world
