// SPDX-License-Identifier: Apache-2.0
#include "search/beam_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/cot.h"
#include "search/search_fixture.h"

namespace pgts::search {
namespace {

using ::testing::ElementsAre;

// Width 2, expansion 2. Round 1: 1 and 2 stay. Round 2: 2·1 (0.7) is finished and 1·2 (0.6) stays,
// though 1·1 is the child of the better beam. Round 3: the one place left goes to 1·2·2.
world::Script TwoBeams() {
  return world::TableScript({{{1}, {"a\n", 0.9F}},
                             {{2}, {"b\n", 0.8F}},
                             {{3}, {"c\n", 0.3F}},
                             {{4}, {"d\n", 0.1F}},
                             {{1, 1}, {"e\n", 0.2F}},
                             {{1, 2}, {"f\n", 0.6F}},
                             {{2, 1}, {"#### 1\n", 0.7F}},
                             {{2, 2}, {"g\n", 0.5F}},
                             {{1, 2, 1}, {"h\n", 0.4F}},
                             {{1, 2, 2}, {"#### 2\n", 0.9F}}});
}

TEST(BeamSearchTest, KeepsTheBestOfEachRound) {
  SearchFixture fixture(TwoBeams());
  fixture.limits.max_width = 4;
  const SearchResult result = fixture.Run(BeamSearch({.width = 2, .expansion = 2}));
  EXPECT_THAT(fixture.PathsAsked(),
              ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(3), ElementsAre(4),
                          ElementsAre(1, 1), ElementsAre(2, 1), ElementsAre(1, 2),
                          ElementsAre(2, 2), ElementsAre(1, 2, 1), ElementsAre(1, 2, 2)));
  EXPECT_FALSE(result.charges.not_recorded);
  EXPECT_EQ(result.answer, "2");
  EXPECT_FLOAT_EQ(result.score, 0.9F);
  EXPECT_THAT(fixture.world->Path(result.answer_step), ElementsAre(1, 2, 2));
  EXPECT_EQ(result.nodes, 10);
  EXPECT_EQ(result.charges.tokens, 8 * 2 + 2 * 7);
  EXPECT_EQ(result.charges.scored_steps, 10);
  EXPECT_EQ(fixture.worlds().written().batches, 3);  // one a round
}

TEST(BeamSearchTest, ThePathScoreRanksTheBeams) {
  // By last score 2·1 leads, by the least score 1·1.
  const world::Script script = world::TableScript({{{1}, {"a\n", 0.6F}},
                                                   {{1, 1}, {"#### 1\n", 0.6F}},
                                                   {{2}, {"b\n", 0.5F}},
                                                   {{2, 1}, {"#### 2\n", 0.9F}}});
  const auto answer = [&](tree::PathScore rule) {
    SearchFixture fixture(script);
    fixture.limits.max_width = 2;
    fixture.limits.max_nodes = 4;
    return fixture.Run(BeamSearch({.width = 2, .expansion = 1, .answer = {.path_score = rule}}))
        .answer;
  };
  EXPECT_EQ(answer(tree::PathScore::kLast), "2");
  EXPECT_EQ(answer(tree::PathScore::kMin), "1");
}

TEST(BeamSearchTest, ANarrowBeamIsAChain) {
  SearchFixture beam(FourChains()), chain(FourChains());
  const SearchResult one = beam.Run(BeamSearch({.width = 1, .expansion = 1}));
  const SearchResult cot = chain.Run(ChainOfThought());
  EXPECT_EQ(one.answer, cot.answer);
  EXPECT_EQ(one.charges.tokens, cot.charges.tokens);
}

TEST(BeamSearchTest, DeadBeamsEndIt) {
  SearchFixture fixture(world::TableScript(
      {{{1}, {"", 0.9F, llm::StepEnd::kEndOfText}}, {{2}, {"", 0.9F, llm::StepEnd::kEndOfText}}}));
  tree::TrajectoryRecorder recorder(/*with_features=*/false);
  const SearchResult result = fixture.Run(BeamSearch({.width = 1, .expansion = 2}), &recorder);
  EXPECT_EQ(result.answer, std::nullopt);
  EXPECT_EQ(result.charges.steps, 2);
  EXPECT_EQ(result.charges.scored_steps, 0);
  EXPECT_EQ(recorder.trajectory().end, tree::End::kNothingLegal);
}

TEST(BeamSearchTest, AWidthBelowTheFirstRoundIsDealtToTheRoot) {
  SearchFixture fixture(TwoBeams());
  fixture.limits = {.max_depth = 1, .max_nodes = 30, .max_width = 3};
  EXPECT_EQ(fixture.Run(BeamSearch({.width = 2, .expansion = 2})).charges.steps, 3);
}

}  // namespace
}  // namespace pgts::search
