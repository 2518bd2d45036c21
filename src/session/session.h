// SPDX-License-Identifier: Apache-2.0
// What every run works with, wired once: task, generator, scorer, stored worlds, rounds.
//
// With the store folder "stored:FOLDER" it replays the worlds of FOLDER: no model is loaded,
// nothing is written, and a child that was never stored is answered with not_recorded.
//
// Belongs to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/rounds.h"
#include "eval/environment.h"
#include "llm/client.h"
#include "llm/engine_options.h"
#include "llm/llama_model.h"
#include "session/settings.h"
#include "task/task.h"
#include "tree/tree.h"
#include "world/provenance.h"
#include "world/store.h"
#include "world/world_source.h"

namespace pgts::session {

struct SessionOptions {
  GeneratorSettings generator;
  TaskSettings task;
  WorldSettings world;
  EngineSettings engine;
  std::string store_folder;                 // empty: worlds are not kept; may be "stored:FOLDER"
  std::optional<world::StoreLengths> keep;  // of the store, when a run resumes
};

class Session {
 public:
  explicit Session(const SessionOptions& options);

  // Gives the worlds a scorer, which computes on `device` (an option's value). Once: worlds hold on
  // to it while they are open. Those that were open before have none.
  void SetScorer(std::unique_ptr<world::StepScorer> scorer, std::string_view device = "cpu");
  // The same where worlds are replayed: the stored scores of the scorer with this hash.
  void ReadScoresOf(uint64_t scorer_hash);
  // How the scorer's scores spread, if it is known: what thresholds of rules are read from.
  void SetScoreQuantiles(const world::ScoreQuantiles& scores) { score_quantiles_ = scores; }
  bool has_scorer() const { return scorer_hash_ != 0; }
  uint64_t scorer_hash() const { return scorer_hash_; }  // 0: none
  bool replays() const { return generator_ == nullptr; }

  const task::Task& task() const { return *task_; }
  Rounds& rounds() { return rounds_; }
  world::WorldSource& sampled() { return *sampled_; }  // worlds of independent siblings
  uint64_t SampledWorldKey(int epoch) const;
  world::Store* store() { return store_.get(); }
  // Not where worlds are replayed.
  llm::Generator& generator() { return *generator_; }
  const std::shared_ptr<const llm::LlamaModel>& model() const { return model_; }

  // Drops every resident prefix, so that what follows does not depend on what came before. Called
  // at the start of an iteration and of a method's run.
  void Forget();

  // Logs tokens, occupancy and batch widths so far, and how busy each accelerator was; nothing if
  // nothing was generated.
  void LogEngine() const;

  // What searches work with; the scorer is the one that is set now.
  eval::Environment environment();

 private:
  void LoadGenerator();
  void FindGenerator();
  void OpenWorlds();
  bool ScorerReadsStates() const;                  // of the generator
  world::LiveWorldsOptions SampledWorlds() const;  // of sampled_

  SessionOptions options_;
  std::string replayed_folder_;  // empty: worlds grow
  std::unique_ptr<task::Task> task_;
  std::shared_ptr<const llm::LlamaModel> model_;
  std::unique_ptr<llm::Generator> generator_;
  Rounds rounds_;
  // Phases take turns in the order of their construction: generator, scorer, then policies.
  std::unique_ptr<llm::GeneratorClient> generator_client_;
  std::unique_ptr<world::StepScorer> scorer_;
  std::unique_ptr<world::ScorerClient> scorer_client_;
  std::unique_ptr<world::Store> store_;
  world::GeneratorRecord generator_record_;
  uint64_t scorer_hash_ = 0;
  world::ScoreQuantiles score_quantiles_ = world::EvenScores();
  int64_t scorer_parameters_ = 0;
  std::unique_ptr<world::WorldSource> sampled_;
  std::unique_ptr<world::WorldSource> trees_;   // null: the sampled worlds are searched
  std::unique_ptr<world::WorldSource> greedy_;  // null: every sampled world has a greedy chain
};

llm::EngineOptions ToEngineOptions(const GeneratorSettings& generator,
                                   const EngineSettings& engine);
tree::Limits ToLimits(const SearchSettings& search);
llm::PromptOptions ToPromptOptions(const GeneratorSettings& generator);

}  // namespace pgts::session
