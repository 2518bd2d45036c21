// SPDX-License-Identifier: Apache-2.0
#include "search/mcts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "search/search_fixture.h"

namespace pgts::search {
namespace {

using ::testing::ElementsAre;

// b = 2, c = 1, values by score. Q/N and bounds (to three places) before each simulation:
//   1, 2   the root lacks children: 1 (0.6), 2 (0.5)
//   3      1: 0.6 + sqrt(ln 2 / 1) = 1.433, 2: 0.5 + 0.833 = 1.333      1·1 (0.2)
//   4      1: 0.8/2 + sqrt(ln 3 / 2) = 1.141, 2: 0.5 + 1.048 = 1.548    2·1 (0.9, terminal)
//   5      1: 0.4 + sqrt(ln 4 / 2) = 1.233, 2: 1.4/2 + 0.833 = 1.533    2·2 (dead: 0), 2 is closed
//   6      1 alone is open                                              1·2 (0.9)
//   7      at 1, Q = 0.6 + 0.2 + 0.9, N = 3, of the children
//          1·1: 0.2 + sqrt(ln 3) = 1.248, 1·2: 0.9 + 1.048 = 1.948      1·2·1 (0.3, terminal)
world::Script Worked() {
  return world::TableScript({{{1}, {"a\n", 0.6F}},
                             {{2}, {"b\n", 0.5F}},
                             {{1, 1}, {"c\n", 0.2F}},
                             {{2, 1}, {"#### 1\n", 0.9F}},
                             {{2, 2}, {"", 0.9F, llm::StepEnd::kEndOfText}},
                             {{1, 2}, {"d\n", 0.9F}},
                             {{1, 2, 1}, {"#### 2\n", 0.3F}}});
}

TEST(MctsTest, SelectsByTheUpperBound) {
  SearchFixture fixture(Worked());
  fixture.limits.max_nodes = 7;
  const SearchResult result = fixture.Run(Mcts({.exploration = 1, .branching = 2}));
  EXPECT_THAT(fixture.PathsAsked(),
              ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(1, 1), ElementsAre(2, 1),
                          ElementsAre(2, 2), ElementsAre(1, 2), ElementsAre(1, 2, 1)));
  EXPECT_FALSE(result.charges.not_recorded);
  EXPECT_EQ(result.answer, "1");
  EXPECT_FLOAT_EQ(result.score, 0.9F);
  EXPECT_EQ(result.charges.tokens, 2 + 2 + 2 + 7 + 1 + 2 + 7);
  EXPECT_EQ(result.charges.scored_steps, 6);
}

TEST(MctsTest, WithoutExplorationItFollowsTheMean) {
  SearchFixture fixture(Worked());
  fixture.limits.max_nodes = 5;
  fixture.Run(Mcts({.exploration = 0, .branching = 2}));
  // 1 leads at 0.6; after 1·1 its mean is 0.4, so 2 follows; 2·1 lifts 2 to 0.7.
  EXPECT_THAT(fixture.PathsAsked(), ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(1, 1),
                                                ElementsAre(2, 1), ElementsAre(2, 2)));
}

// b = 2, c = 0: rollouts from 1 (to 1·1, worth 0.3) and from 2 (to 2·1, dead: worth 0, though 2
// itself scores 0.9); then 1 (0.3) beats 2 (0), and 1·2 is worth 0.8.
TEST(MctsTest, RolloutsAreWorthTheirEnd) {
  SearchFixture fixture(world::TableScript({{{1}, {"a\n", 0.1F}},
                                            {{1, 1}, {"#### 1\n", 0.3F}},
                                            {{2}, {"b\n", 0.9F}},
                                            {{2, 1}, {"", 0.9F, llm::StepEnd::kEndOfText}},
                                            {{1, 2}, {"#### 2\n", 0.8F}}}));
  fixture.limits.max_nodes = 5;
  const SearchResult result =
      fixture.Run(Mcts({.value = MctsValue::kRollout, .exploration = 0, .branching = 2}));
  EXPECT_THAT(fixture.PathsAsked(), ElementsAre(ElementsAre(1), ElementsAre(1, 1), ElementsAre(2),
                                                ElementsAre(2, 1), ElementsAre(1, 2)));
  EXPECT_EQ(result.answer, "2");
}

TEST(MctsTest, APathThatIsTooDeepToAnswerIsWorthNothing) {
  // 1·1 scores 0.9 but is the last step allowed; so 2, with an answer of 0.2, is gone on with.
  SearchFixture fixture(world::TableScript({{{1}, {"a\n", 0.5F}},
                                            {{1, 1}, {"b\n", 0.9F}},
                                            {{2}, {"c\n", 0.5F}},
                                            {{2, 1}, {"#### 2\n", 0.2F}},
                                            {{2, 2}, {"#### 3\n", 0.1F}}}));
  fixture.limits = {.max_depth = 2, .max_nodes = 5, .max_width = 2};
  const SearchResult result =
      fixture.Run(Mcts({.value = MctsValue::kRollout, .exploration = 0, .branching = 2}));
  EXPECT_FALSE(result.charges.not_recorded);
  EXPECT_EQ(result.answer, "2");
}

TEST(MctsTest, EndsWhenAllIsClosed) {
  SearchFixture fixture(world::TableScript({{{1}, {"#### 1\n", 0.4F}}, {{2}, {"#### 2\n", 0.6F}}}));
  tree::TrajectoryRecorder recorder(/*with_features=*/false);
  const SearchResult result = fixture.Run(Mcts({.branching = 2}), &recorder);
  EXPECT_EQ(result.answer, "2");
  EXPECT_EQ(result.charges.steps, 2);
  EXPECT_EQ(recorder.trajectory().end, tree::End::kTerminated);
}

// A toy world with a known optimum: depth 3, three children each, so 27 answers of random worth.
// Exact scores: an inner node is worth the best answer below it.
struct Toy {
  static constexpr int kDepth = 3, kWidth = 3, kNodes = 3 + 9 + 27;
  uint64_t seed;

  float Worth(std::vector<int> path) const {
    if (path.size() == kDepth)
      return static_cast<float>(Key("toy").With(seed).With(path).Uniform(0));
    float best = 0;
    for (int attempt = 1; attempt <= kWidth; ++attempt) {
      path.push_back(attempt);
      best = std::max(best, Worth(path));
      path.pop_back();
    }
    return best;
  }
  static std::string Answer(std::span<const int> path) {
    std::string answer;
    for (const int attempt : path) answer += std::to_string(attempt);
    return answer;
  }
  world::Script Script() const {
    return {.step = [](const world::StepAddress& place) -> std::optional<world::RawStep> {
              if (place.path.size() < kDepth) return world::ScriptedStep("s\n");
              return world::ScriptedStep("#### " + Answer(place.path) + "\n");
            },
            .score = [toy = *this](const world::StepAddress& place) -> std::optional<float> {
              return toy.Worth({place.path.begin(), place.path.end()});
            }};
  }
  SearchResult Run(const MctsOptions& options, int max_nodes) const {
    SearchFixture fixture(Script());
    fixture.limits = {.max_depth = kDepth, .max_nodes = max_nodes, .max_width = kWidth};
    return fixture.Run(Mcts(options));
  }
};

// One right answer among 81, and scores that are exact: 1 on the path that leads there, else 0.
TEST(MctsTest, WithExactScoresItGoesStraightToTheRightAnswer) {
  constexpr int kDeep = 4, kWide = 3;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    std::vector<int> right;
    for (int i = 0; i < kDeep; ++i) {
      right.push_back(1 + static_cast<int>(Key("right").With(seed).Uniform(i) * kWide));
    }
    const world::Script script = {
        .step = [](const world::StepAddress& place) -> std::optional<world::RawStep> {
          if (place.path.size() < kDeep) return world::ScriptedStep("s\n");
          return world::ScriptedStep("#### " + Toy::Answer(place.path) + "\n");
        },
        .score = [right](const world::StepAddress& place) -> std::optional<float> {
          return std::equal(place.path.begin(), place.path.end(), right.begin()) ? 1.0F : 0.0F;
        }};
    SearchFixture fixture(script);
    fixture.limits = {.max_depth = kDeep, .max_nodes = 30, .max_width = kWide};
    const SearchResult result = fixture.Run(Mcts({.exploration = 0.5, .branching = kWide}));
    EXPECT_EQ(result.answer, Toy::Answer(right)) << seed;
  }
}

TEST(MctsTest, WithTheWholeTreeItFindsTheOptimumWhateverItExplores) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Toy toy{seed};
    for (const MctsValue value : {MctsValue::kScore, MctsValue::kRollout}) {
      for (const double exploration : {0.0, 1.0, 5.0}) {
        const SearchResult result =
            toy.Run({.value = value, .exploration = exploration, .branching = 3}, Toy::kNodes);
        EXPECT_EQ(result.nodes, Toy::kNodes);
        EXPECT_FLOAT_EQ(result.score, toy.Worth({})) << seed;
      }
    }
  }
}

TEST(MctsTest, RolloutsFindBetterAnswersThanTheFirstOnesAtHalfTheTree) {
  double found = 0, first = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const Toy toy{seed};
    const MctsOptions options{.value = MctsValue::kRollout, .exploration = 0.3, .branching = 3};
    found += toy.Run(options, Toy::kNodes / 2).score / toy.Worth({});
    first += toy.Run(options, Toy::kDepth).score / toy.Worth({});
  }
  EXPECT_GT(found / 100, 0.9);
  EXPECT_LT(first / 100, 0.7);
}

}  // namespace
}  // namespace pgts::search
