// SPDX-License-Identifier: Apache-2.0
#include "session/session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/error.h"
#include "session/resources.h"
#include "world/walker.h"

namespace pgts::session {
namespace {

class OneScore : public world::StepScorer {
 public:
  explicit OneScore(float score) : score_(score) {}
  uint64_t hash() const override { return 1; }
  void Score(std::span<const world::ScoreRequest>, std::span<float> scores) override {
    std::ranges::fill(scores, score_);
  }
  void Forget() override {}
  int64_t parameters() const override { return 1; }

 private:
  float score_;
};

Co<void> ScoreAStep(std::shared_ptr<world::World> world, std::optional<float>& score) {
  world::Walker walker(std::move(world));
  const world::Step* step = co_await walker.Child(world::kRootStep, 1);
  const std::optional<float> value = co_await walker.Score(step->id);
  score = value;
}

// Open worlds hold on to it.
TEST(SessionTest, TheScorerIsSetOnce) {
  Session session({.generator = {.model_name = FindResource("models/tiny.gguf")},
                   .task = {.name = "word_problems"}});
  session.SetScorer(std::make_unique<OneScore>(0.25F));
  const task::Problem problem = session.task().Get(task::Split::kTest, 0);
  const auto world = session.sampled().Open(problem, world::kEvaluationEpoch);
  EXPECT_THROW(session.SetScorer(std::make_unique<OneScore>(0.75F)), std::logic_error);
  std::optional<float> score;
  session.rounds().Spawn(ScoreAStep(world, score));
  session.rounds().Run();
  EXPECT_EQ(score, 0.25F);
}

// What counts as an answer differs: no step, label or reward model of the one is taken for the
// other.
TEST(SessionTest, ThinkingHasWorldsOfItsOwn) {
  const auto open = [](bool thinking) {
    return Session({.generator = {.model_name = FindResource("models/tiny.gguf"),
                                  .prompt = "plain",
                                  .thinking = thinking},
                    .task = {.name = "word_problems"}});
  };
  EXPECT_NE(open(false).SampledWorldKey(0), open(true).SampledWorldKey(0));
}

TEST(SessionTest, AModelWithoutATemplateIsNamed) {
  const std::string file = FindResource("models/tiny.gguf");
  try {
    Session(
        {.generator = {.model_name = file, .prompt = "chat"}, .task = {.name = "word_problems"}});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.what(), file + ": the model carries no chat template; use --prompt plain");
  }
}

}  // namespace
}  // namespace pgts::session
