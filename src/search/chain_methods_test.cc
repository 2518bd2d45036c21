// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/best_of_n.h"
#include "search/chains.h"
#include "search/cot.h"
#include "search/search_fixture.h"
#include "search/self_consistency.h"
#include "search/sequential_best_of_n.h"

namespace pgts::search {
namespace {

using ::testing::ElementsAre;

std::vector<int> AnswerPath(const SearchFixture& fixture, const SearchResult& result) {
  return fixture.world->Path(result.answer_step);
}

TEST(ChainOfThoughtTest, WalksTheFirstChainAndPaysForItAlone) {
  SearchFixture fixture(FourChains());
  const SearchResult result = fixture.Run(ChainOfThought());
  EXPECT_EQ(result.answer, "5");
  EXPECT_THAT(AnswerPath(fixture, result), ElementsAre(1, 1));
  EXPECT_EQ(result.charges.tokens, 9);  // "a\n" and "#### 5\n"
  EXPECT_EQ(result.charges.computed_tokens, 9);
  EXPECT_EQ(result.charges.steps, 2);
  EXPECT_EQ(result.charges.prompt_tokens, 2);
  EXPECT_EQ(result.charges.scored_steps, 0);
  EXPECT_EQ(fixture.worlds().judged().rows, 0);
  EXPECT_EQ(result.nodes, 2);
  EXPECT_EQ(result.depth, 2);
  EXPECT_FALSE(result.charges.not_recorded);
}

TEST(ChainOfThoughtTest, ManyChainsWalkSideBySide) {
  SearchFixture fixture(FourChains());
  const SearchResult result = fixture.Run(ChainOfThought(4));
  EXPECT_EQ(result.answer, "5");  // chain 1's
  ASSERT_EQ(result.chains.size(), 4u);
  EXPECT_EQ(result.chains[1].answer, "7");
  EXPECT_EQ(result.chains[3].answer, "");
  EXPECT_EQ(result.chains[3].charges.tokens, 2);  // "d" and the end of text
  EXPECT_EQ(result.charges.tokens, 3 * 9 + 2);
  EXPECT_EQ(result.charges.prompt_tokens, 2);
  EXPECT_EQ(fixture.worlds().written().batches, 2);  // four first steps, then three
}

TEST(ChainOfThoughtTest, IsChargedWhetherComputedOrReadBack) {
  SearchFixture fixture(FourChains());
  fixture.Run(ChainOfThought());
  const SearchResult again = fixture.Run(ChainOfThought());
  EXPECT_EQ(again.charges.tokens, 9);
  EXPECT_EQ(again.charges.computed_tokens, 0);
  EXPECT_EQ(fixture.worlds().written().rows, 2);
}

TEST(ChainOfThoughtTest, EndsAtMaxDepthWithoutAnAnswer) {
  SearchFixture fixture(FourChains());
  fixture.limits.max_depth = 1;
  const SearchResult result = fixture.Run(ChainOfThought());
  EXPECT_EQ(result.answer, std::nullopt);
  EXPECT_EQ(result.charges.tokens, 2);
  EXPECT_FALSE(result.charges.not_recorded);
}

TEST(ChainOfThoughtTest, AStepThatIsNotRecordedIsNoEvidence) {
  SearchFixture fixture(world::TableScript({{{1}, {"a\n"}}}));
  const SearchResult result = fixture.Run(ChainOfThought());
  EXPECT_TRUE(result.charges.not_recorded);
  EXPECT_EQ(result.answer, std::nullopt);
  EXPECT_EQ(result.charges.tokens, 2);
}

TEST(SelfConsistencyTest, TakesTheMajority) {
  SearchFixture fixture(FourChains());
  const SearchResult result = fixture.Run(SelfConsistency(4));
  EXPECT_EQ(result.answer, "7");
  EXPECT_THAT(AnswerPath(fixture, result), ElementsAre(2, 1));  // the first chain that says so
  EXPECT_EQ(result.charges.tokens, 29);
  EXPECT_EQ(result.charges.scored_steps, 0);
}

TEST(SelfConsistencyTest, TiesGoToTheAnswerSeenFirst) {
  SearchFixture fixture(FourChains());
  const SearchResult result = fixture.Run(SelfConsistency(2));
  EXPECT_EQ(result.answer, "5");
  EXPECT_THAT(AnswerPath(fixture, result), ElementsAre(1, 1));
}

TEST(BestOfNTest, WeightedAddsTheScoresOfEqualAnswers) {
  SearchFixture fixture(FourChains());
  const SearchResult result = fixture.Run(BestOfN(4, /*weighted=*/true));
  EXPECT_EQ(result.answer, "7");  // 0.6 + 0.3 > 0.8
  EXPECT_THAT(AnswerPath(fixture, result), ElementsAre(2, 1));
  EXPECT_FLOAT_EQ(result.score, 0.6F);
  EXPECT_EQ(result.charges.tokens, 29);
  EXPECT_EQ(result.charges.scored_steps, 3);  // one a chain that answers
  EXPECT_EQ(result.charges.scored_tokens, 27);  // three whole chains are read
  EXPECT_EQ(result.charges.prompt_tokens, 2);
  EXPECT_EQ(fixture.worlds().judged().batches, 1);
}

TEST(BestOfNTest, ShowsTheSurestChainOfTheAnswer) {
  SearchFixture fixture(
      world::TableScript({{{1}, {"#### 7\n", 0.3F}}, {{2}, {"#### 7\n", 0.6F}}}));
  const SearchResult result = fixture.Run(BestOfN(2, /*weighted=*/true));
  EXPECT_THAT(AnswerPath(fixture, result), ElementsAre(2));
  EXPECT_FLOAT_EQ(result.score, 0.6F);
}

TEST(BestOfNTest, PlainTakesTheBestChain) {
  SearchFixture fixture(FourChains());
  const SearchResult result = fixture.Run(BestOfN(4, /*weighted=*/false));
  EXPECT_EQ(result.answer, "5");
  EXPECT_FLOAT_EQ(result.score, 0.8F);
}

TEST(BestOfNTest, TiesGoToTheChainSeenFirst) {
  const world::Script script = world::TableScript({{{1}, {"#### 1\n", 0.4F}},
                                                   {{2}, {"#### 2\n", 0.7F}},
                                                   {{3}, {"#### 3\n", 0.7F}}});
  for (bool weighted : {false, true}) {
    SearchFixture fixture(script);
    EXPECT_EQ(fixture.Run(BestOfN(3, weighted)).answer, "2") << weighted;
  }
}

TEST(BestOfNTest, WithoutAnyAnswerThereIsNone) {
  SearchFixture fixture(world::TableScript({{{1}, {"d", 0.9F, llm::StepEnd::kEndOfText}}}));
  const SearchResult result = fixture.Run(BestOfN(1, /*weighted=*/true));
  EXPECT_EQ(result.answer, std::nullopt);
  EXPECT_EQ(result.charges.scored_steps, 0);
}

TEST(BestOfNTest, AScoreThatIsNotRecordedIsNoEvidence) {
  world::Script script = FourChains();
  script.score = nullptr;
  SearchFixture fixture(script);
  EXPECT_TRUE(fixture.Run(BestOfN(2, /*weighted=*/true)).charges.not_recorded);
}

TEST(SequentialBestOfNTest, StopsAtTheFirstChainAboveTheThreshold) {
  SearchFixture fixture(world::TableScript({{{1}, {"#### 1\n", 0.3F}},
                                            {{2}, {"d", 0.9F, llm::StepEnd::kEndOfText}},
                                            {{3}, {"#### 2\n", 0.7F}},
                                            {{4}, {"#### 3\n", 0.9F}}}));
  const SearchResult result = fixture.Run(SequentialBestOfN({.threshold = 0.7, .max_chains = 4}));
  EXPECT_EQ(result.answer, "2");  // 0.7F < 0.7: rounding must not cost a chain
  EXPECT_EQ(result.chains.size(), 3u);
  EXPECT_EQ(result.charges.tokens, 7 + 2 + 7);
  EXPECT_EQ(result.charges.scored_steps, 2);
  EXPECT_EQ(result.charges.prompt_tokens, 2);
}

TEST(SequentialBestOfNTest, DrawsAllAndTakesTheBestWhenNoneIsGoodEnough) {
  SearchFixture fixture(FourChains());
  const SearchResult result = fixture.Run(SequentialBestOfN({.threshold = 0.95, .max_chains = 3}));
  EXPECT_EQ(result.answer, "5");
  EXPECT_FLOAT_EQ(result.score, 0.8F);
  EXPECT_EQ(result.chains.size(), 3u);
  EXPECT_EQ(result.charges.tokens, 27);
}

TEST(SequentialBestOfNTest, EndsWhereTheWorldCannotSay) {
  SearchFixture fixture(world::TableScript({{{1}, {"#### 1\n", 0.3F}}}));
  const SearchResult result = fixture.Run(SequentialBestOfN({.threshold = 0.9, .max_chains = 8}));
  EXPECT_TRUE(result.charges.not_recorded);
  EXPECT_EQ(result.chains.size(), 2u);
}

TEST(DrawCountTest, HasTheMeanAndOnlyTheTwoNeighbours) {
  double sum = 0;
  constexpr int kDraws = 20'000;
  for (uint64_t i = 0; i < kDraws; ++i) {
    const int count = DrawCount(2.3, Key("count").With(i));
    ASSERT_TRUE(count == 2 || count == 3) << count;
    sum += count;
  }
  EXPECT_NEAR(sum / kDraws, 2.3, 0.015);  // four standard errors
}

TEST(DrawCountTest, WholeNumbersAreExactAndOneIsTheLeast) {
  for (uint64_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(DrawCount(3, Key("count").With(i)), 3);
    EXPECT_EQ(DrawCount(0.2, Key("count").With(i)), 1);
  }
}

TEST(ChainsTest, TwoMethodsAtOnceShareEveryComputation) {
  SearchFixture fixture(FourChains());
  SearchResult vote, best;
  const SelfConsistency first(3);
  const BestOfN second(3, /*weighted=*/true);
  fixture.rounds.Spawn(RunInto(first, fixture.Context(), &vote));
  fixture.rounds.Spawn(RunInto(second, fixture.Context(), &best));
  fixture.rounds.Run();
  EXPECT_EQ(vote.charges.tokens, 27);
  EXPECT_EQ(best.charges.tokens, 27);
  EXPECT_EQ(vote.charges.computed_tokens + best.charges.computed_tokens, 27);
  EXPECT_EQ(fixture.worlds().written().rows, 6);
}

}  // namespace
}  // namespace pgts::search
