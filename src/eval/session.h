// SPDX-License-Identifier: Apache-2.0
// What every run works with, wired once: task, generator, scorer, stored worlds, rounds.
//
// Belongs to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/rounds.h"
#include "eval/settings.h"
#include "llm/client.h"
#include "llm/llama_model.h"
#include "task/task.h"
#include "tree/tree.h"
#include "world/store.h"
#include "world/world_source.h"

namespace pgts::eval {

struct SessionOptions {
  GeneratorSettings generator;
  TaskSettings task;
  WorldSettings world;
  EngineSettings engine;
  std::string store_folder;                 // empty: worlds are not kept
  std::optional<world::StoreLengths> keep;  // of the store, when a run resumes
};

class Session {
 public:
  explicit Session(const SessionOptions& options);

  // Gives the worlds a scorer, or another one. Worlds that are open keep what they had.
  void SetScorer(std::unique_ptr<world::StepScorer> scorer);
  bool has_scorer() const { return scorer_ != nullptr; }

  const task::Task& task() const { return *task_; }
  Rounds& rounds() { return rounds_; }
  world::LiveWorlds& sampled() { return *sampled_; }  // worlds at the generator's temperature
  world::LiveWorlds& greedy() { return *greedy_; }    // at temperature 0
  world::Store* store() { return store_.get(); }
  llm::Generator& generator() { return *generator_; }
  const std::shared_ptr<const llm::LlamaModel>& model() const { return model_; }

  // Drops every resident prefix: the start of an iteration or of a chunk of problems, so that what
  // follows does not depend on what came before.
  void Forget();

  // One line: tokens, occupancy and batch widths so far. Nothing where nothing was generated.
  void LogEngine() const;

  int64_t generator_parameters() const { return generator_->Info().parameters; }
  int64_t scorer_parameters() const { return scorer_ ? scorer_->parameters() : 0; }
  const SessionOptions& options() const { return options_; }

 private:
  void OpenWorlds();

  SessionOptions options_;
  std::unique_ptr<task::Task> task_;
  std::shared_ptr<const llm::LlamaModel> model_;
  std::unique_ptr<llm::Generator> generator_;
  Rounds rounds_;
  // Phases take turns in the order of their construction: generator, scorer, then policies.
  std::unique_ptr<llm::GeneratorClient> generator_client_;
  std::unique_ptr<world::StepScorer> scorer_;
  std::unique_ptr<world::ScorerClient> scorer_client_;
  std::unique_ptr<world::Store> store_;
  std::unique_ptr<world::LiveWorlds> sampled_, greedy_;
};

llm::EngineOptions ToEngineOptions(const GeneratorSettings& generator,
                                   const EngineSettings& engine);
tree::Limits ToLimits(const SearchSettings& search);

}  // namespace pgts::eval
