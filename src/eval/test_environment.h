// SPDX-License-Identifier: Apache-2.0
// For tests: the embedded model's worlds of word problems, a scorer that needs no model, and worlds
// by hand for the task's own problems.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "eval/environment.h"
#include "llm/client.h"
#include "llm/llama_generator.h"
#include "llm/llama_model.h"
#include "task/word_problems.h"
#include "world/scorer_client.h"
#include "world/scripted_world.h"

namespace pgts::eval {

// A path's score is a draw that the path names.
class DrawnScores : public world::StepScorer {
 public:
  static constexpr int64_t kParameters = 1000;
  uint64_t hash() const override { return 1; }
  void Score(std::span<const world::ScoreRequest> requests, std::span<float> scores) override {
    for (size_t i = 0; i < requests.size(); ++i) {
      const std::vector<llm::Token> path = llm::PathTokens(*requests[i].prefix);
      scores[i] = static_cast<float>(Key("score").With(std::span<const int>(path)).Uniform(0));
    }
  }
  void Forget() override {}
  int64_t parameters() const override { return kParameters; }
};

// Worlds of the embedded model at temperature 1, in steps of at most 24 tokens.
class TinyEnvironment {
 public:
  struct Options {
    int width = 8;
    std::string store = {};  // a folder that keeps the worlds, for tests that walk them often
    bool scored = true;      // by DrawnScores
    bool distinct = false;   // siblings, where trees are searched
  };
  explicit TinyEnvironment(const Options& options)
      : width_(options.width),
        generator_(llm::MakeLlamaGenerator(
            llm::LlamaModel::Load(PGTS_SOURCE_DIR "/models/tiny.gguf", "cpu"),
            {.threads = 1, .width = options.width, .context = 512})),
        generator_client_(rounds_, *generator_) {
    if (options.scored) scorer_client_.emplace(rounds_, scorer_);
    if (!options.store.empty()) store_ = std::make_unique<world::Store>(options.store);
    sampled_ = Worlds(/*temperature=*/1);
    greedy_ = Worlds(/*temperature=*/0);
    if (options.distinct) trees_ = Worlds(/*temperature=*/1, /*distinct=*/true);
  }

  Environment Get() {
    return {.rounds = rounds_,
            .task = task_,
            .sampled = sampled_.get(),
            .trees = trees_.get(),
            .greedy = greedy_.get(),
            .store = store_.get(),
            .has_scorer = scorer_client_.has_value(),
            .width = width_,
            .generator_parameters = generator_->Info().parameters,
            .scorer_parameters = scorer_client_ ? scorer_.parameters() : 0,
            .forget = [this] { generator_->Forget(); }};
  }

 private:
  std::unique_ptr<world::LiveWorlds> Worlds(double temperature, bool distinct = false) {
    return std::make_unique<world::LiveWorlds>(
        world::LiveWorlds::Parts{.rounds = &rounds_,
                                 .task = &task_,
                                 .generator = &generator_client_,
                                 .scorer = scorer_client_ ? &*scorer_client_ : nullptr,
                                 .store = store_.get()},
        world::LiveWorldsOptions{.greedy_first = distinct,
                                 .distinct_siblings = distinct,
                                 .sampling = {.temperature = temperature,
                                              .top_p = 1,
                                              .max_new_tokens = 24,
                                              .separator = task_.separator()},
                                 .prompt = {llm::PromptKind::kPlain}});
  }

  int width_;
  task::WordProblems task_;
  Rounds rounds_;
  std::unique_ptr<llm::Generator> generator_;
  llm::GeneratorClient generator_client_;
  DrawnScores scorer_;
  std::optional<world::ScorerClient> scorer_client_;
  std::unique_ptr<world::Store> store_;
  std::unique_ptr<world::LiveWorlds> sampled_, trees_, greedy_;
};

// Three chains of every problem: chain 1 ends in the gold answer, with score 0.4; chain 2 in
// another of one more digit, with score 0.9; chain 3 says nothing.
inline world::Script ThreeChains() {
  return {.step = [](const world::StepAddress& at) -> std::optional<world::RawStep> {
            if (at.path.front() > 3) return std::nullopt;
            if (at.path.front() == 3) return world::ScriptedStep("", llm::StepEnd::kEndOfText);
            if (at.path.size() == 1) return world::ScriptedStep("x\n");
            const std::string digit = at.path.front() == 2 ? "1" : "";
            return world::ScriptedStep("#### " + at.problem.gold + digit + "\n");
          },
          .score = [](const world::StepAddress& at) -> std::optional<float> {
            return at.path.front() == 2 ? 0.9F : 0.4F;
          }};
}

}  // namespace pgts::eval
