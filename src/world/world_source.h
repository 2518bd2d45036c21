// SPDX-License-Identifier: Apache-2.0
// Opens worlds: the same problem and epoch give the same world while anyone walks in it; a closed
// one leaves memory and is read back from the store.
//
// A world is identified by the hash of everything that decides what is written in it: world seed,
// epoch, generator file, context limit, every sampling setting with separator and max_new_tokens,
// problem id, tokens of the prompt. Where attempt 1 of every node is its greedy step, greedy
// decoding is a walk of the same worlds; else it has worlds of its own, at temperature 0.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/rounds.h"
#include "llm/client.h"
#include "llm/prompt.h"
#include "task/task.h"
#include "world/scorer_client.h"
#include "world/world.h"

namespace pgts::world {

// Epochs of training visits count from 0; these are reserved.
enum ReservedEpoch : int {
  kEvaluationEpoch = 1'000'000,
  kPhaseOneEpoch,
  kValidationEpoch,
  kTeacherEpoch,
  kFirstVotingEpoch = 1'000'000'000  // and all above
};

// Searches of one epoch that vote together: the first walks the epoch's own world, search k = 1,
// 2, ... this one, which nothing else walks.
inline constexpr int kMaxVoters = 256;
inline int VotingEpoch(int epoch, int k) { return kFirstVotingEpoch + epoch * kMaxVoters + k; }

struct LiveWorldsOptions {
  uint64_t seed = 0;
  bool greedy_first = false;       // attempt 1 of every node is its greedy step
  bool distinct_siblings = false;  // no node is paid for a text that its parent has already
  llm::SamplingOptions sampling;
  llm::PromptOptions prompt;
};

// What of a generator decides what it writes.
struct GeneratorIdentity {
  std::string file_hash;
  int context = 0;

  bool operator==(const GeneratorIdentity&) const = default;
};

// A stored world is found without a tokenizer, by its epoch, its problem's id and two keys.
// Everything else that decides what is written but the prompt:
uint64_t SettingsKey(const GeneratorIdentity& generator, const LiveWorldsOptions& options);
// What makes the prompt, the generator's template aside: a chat's name tells how templates are
// rendered (llm::kChatRendering), so that another rendering is not taken for it. The same prompt as
// kAuto and as kChat has two names.
uint64_t PromptKey(llm::PromptKind kind, const task::ProblemPrompt& parts);
uint64_t WorldKey(uint64_t settings, int epoch);

class WorldSource {
 public:
  virtual ~WorldSource() = default;
  virtual std::shared_ptr<World> Open(const task::Problem& problem, int epoch) = 0;
  // The prompt of that world, for those who walk nowhere in it.
  virtual llm::PrefixPtr Prompt(const task::Problem& problem, int epoch) {
    return Open(problem, epoch)->step(kRootStep).prefix;
  }
};

// The worlds of a source that someone walks in.
class OpenWorlds {
 public:
  std::shared_ptr<World> Find(WorldId id) const;  // null: not open
  std::shared_ptr<World> Add(WorldParts parts);

 private:
  std::map<WorldId, std::weak_ptr<World>> worlds_;
};

// Worlds that a generator grows. Everything passed in must outlive it.
class LiveWorlds : public WorldSource {
 public:
  struct Parts {
    Rounds* rounds;
    const task::Task* task;
    llm::GeneratorClient* generator;
    ScorerClient* scorer = nullptr;  // null: asking for a score is an Error
    Store* store = nullptr;          // null: nothing is kept
    bool with_states = false;        // the scorer reads the states of the model that writes
  };
  LiveWorlds(Parts parts, LiveWorldsOptions options);

  std::shared_ptr<World> Open(const task::Problem& problem, int epoch) override;

  uint64_t WorldKey(int epoch) const { return world::WorldKey(settings_, epoch); }
  uint64_t SettingsKey() const { return settings_; }
  // The same in every epoch; opens nothing.
  llm::PrefixPtr Prompt(const task::Problem& problem, int epoch) override;

 private:
  Parts parts_;
  LiveWorldsOptions options_;
  uint64_t settings_;
  std::shared_ptr<const llm::SamplingOptions> sampling_;
  std::shared_ptr<WalkerIds> walkers_ = std::make_shared<WalkerIds>();
  OpenWorlds open_;
};

}  // namespace pgts::world
