// SPDX-License-Identifier: Apache-2.0
// For tests: a session on the embedded model, a scorer that needs no model, and worlds by hand for
// the task's own problems.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "eval/session.h"
#include "world/scripted_world.h"

namespace pgts::eval {

// `store`: a folder that keeps its worlds, for tests that walk the same ones often.
inline SessionOptions TinyOptions(int width = 8, std::string store = "") {
  return {.generator = {.model_name = PGTS_SOURCE_DIR "/models/tiny.gguf",
                        .max_new_tokens = 24,
                        .temperature = 1,
                        .top_p = 1,
                        .prompt = "plain"},
          .engine = {.width = width, .context = 192, .threads = 1},
          .store_folder = std::move(store)};
}

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

// Three chains of every problem: chain 1 ends in the gold answer, with score 0.4; chain 2 in
// another of one more digit, with score 0.9; chain 3 says nothing.
inline world::Script ThreeChains() {
  return {.step = [](const world::ScriptPlace& at) -> std::optional<world::RawStep> {
            if (at.path.front() > 3) return std::nullopt;
            if (at.path.front() == 3) return world::ScriptedStep("", llm::StepEnd::kEndOfText);
            if (at.path.size() == 1) return world::ScriptedStep("x\n");
            const std::string digit = at.path.front() == 2 ? "1" : "";
            return world::ScriptedStep("#### " + at.problem.gold + digit + "\n");
          },
          .score = [](const world::ScriptPlace& at) -> std::optional<float> {
            return at.path.front() == 2 ? 0.9F : 0.4F;
          }};
}

}  // namespace pgts::eval
