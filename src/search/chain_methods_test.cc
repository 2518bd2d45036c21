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
  const SearchResult result = fixture.Run(ChainOfThought({.chains = 4}));
  EXPECT_EQ(result.answer, "5");  // chain 1's
  ASSERT_EQ(result.chains.size(), 4u);
  EXPECT_EQ(result.chains[1].answer, "7");
  EXPECT_EQ(result.chains[3].answer, "");
  EXPECT_EQ(result.chains[3].charges.tokens, 2);  // "d" and the end of text
  EXPECT_EQ(result.charges.tokens, 3 * 9 + 2);
  EXPECT_EQ(result.charges.prompt_tokens, 2);
  EXPECT_EQ(fixture.worlds().written().batches, 2);  // four first steps, then three
}

// Greedy steps come first: 1·1 is the greedy chain, 2·2 the first sampled one.
TEST(GreedyThenSampleTest, SamplesOnlyWhereTheGreedyChainScoresTooLow) {
  const auto script = [] {
    return world::TableScript({{{1}, {"a\n", 0.9F}},
                               {{1, 1}, {"#### 5\n", 0.6F}},
                               {{2}, {"b\n", 0.9F}},
                               {{2, 2}, {"#### 7\n", 0.8F}}});
  };
  const auto run = [&](double threshold) {
    SearchFixture fixture(script(), {.greedy_first = true});
    return fixture.Run(SequentialBestOfN(
        {.quantile = threshold, .max_chains = 2, .greedy_first = true}, world::EvenScores()));
  };
  EXPECT_EQ(run(0.5).answer, "5");
  EXPECT_EQ(run(0.5).chains.size(), 1u);
  EXPECT_EQ(run(0.7).answer, "7");
  EXPECT_EQ(run(0.9).answer, "7");  // neither reaches it: the better of two
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
  const SearchResult result = fixture.Run(SelfConsistency({.chains = 4}));
  EXPECT_EQ(result.answer, "7");
  EXPECT_THAT(AnswerPath(fixture, result), ElementsAre(2, 1));  // the first chain that says so
  EXPECT_EQ(result.charges.tokens, 29);
  EXPECT_EQ(result.charges.scored_steps, 0);
}

TEST(SelfConsistencyTest, TiesGoToTheAnswerSeenFirst) {
  SearchFixture fixture(FourChains());
  const SearchResult result = fixture.Run(SelfConsistency({.chains = 2}));
  EXPECT_EQ(result.answer, "5");
  EXPECT_THAT(AnswerPath(fixture, result), ElementsAre(1, 1));
}

TEST(BestOfNTest, WeightedAddsTheScoresOfEqualAnswers) {
  SearchFixture fixture(FourChains());
  const SearchResult result = fixture.Run(BestOfN({.chains = 4, .weighted = true}));
  EXPECT_EQ(result.answer, "7");  // 0.6 + 0.3 > 0.8
  EXPECT_THAT(AnswerPath(fixture, result), ElementsAre(2, 1));
  EXPECT_FLOAT_EQ(result.score, 0.6F);
  EXPECT_EQ(result.charges.tokens, 29);
  EXPECT_EQ(result.charges.scored_steps, 3);    // one a chain that answers
  EXPECT_EQ(result.charges.scored_tokens, 27);  // three whole chains are read
  EXPECT_EQ(result.charges.prompt_tokens, 2);
  EXPECT_EQ(fixture.worlds().judged().batches, 1);
}

TEST(BestOfNTest, ShowsTheSurestChainOfTheAnswer) {
  SearchFixture fixture(world::TableScript({{{1}, {"#### 7\n", 0.3F}}, {{2}, {"#### 7\n", 0.6F}}}));
  const SearchResult result = fixture.Run(BestOfN({.chains = 2, .weighted = true}));
  EXPECT_THAT(AnswerPath(fixture, result), ElementsAre(2));
  EXPECT_FLOAT_EQ(result.score, 0.6F);
}

TEST(BestOfNTest, PlainTakesTheBestChain) {
  SearchFixture fixture(FourChains());
  const SearchResult result = fixture.Run(BestOfN({.chains = 4}));
  EXPECT_EQ(result.answer, "5");
  EXPECT_FLOAT_EQ(result.score, 0.8F);
}

TEST(BestOfNTest, TiesGoToTheChainSeenFirst) {
  const world::Script script = world::TableScript(
      {{{1}, {"#### 1\n", 0.4F}}, {{2}, {"#### 2\n", 0.7F}}, {{3}, {"#### 3\n", 0.7F}}});
  for (bool weighted : {false, true}) {
    SearchFixture fixture(script);
    EXPECT_EQ(fixture.Run(BestOfN({.chains = 3, .weighted = weighted})).answer, "2") << weighted;
  }
}

TEST(BestOfNTest, WithoutAnyAnswerThereIsNone) {
  SearchFixture fixture(world::TableScript({{{1}, {"d", 0.9F, llm::StepEnd::kEndOfText}}}));
  const SearchResult result = fixture.Run(BestOfN({.chains = 1, .weighted = true}));
  EXPECT_EQ(result.answer, std::nullopt);
  EXPECT_EQ(result.charges.scored_steps, 0);
}

TEST(BestOfNTest, AScoreThatIsNotRecordedIsNoEvidence) {
  world::Script script = FourChains();
  script.score = nullptr;
  SearchFixture fixture(script);
  EXPECT_TRUE(fixture.Run(BestOfN({.chains = 2, .weighted = true})).charges.not_recorded);
}

// Three chains of two steps. By last score chain 1 is best (0.9), by the least chain 2 (0.6), by
// the product chain 3 (0.5 against 0.18 and 0.42), by the mean chain 3 (0.75 against 0.55 and
// 0.65).
world::Script ThreeChains() {
  return world::TableScript({{{1}, {"a\n", 0.2F}},
                             {{1, 1}, {"#### 1\n", 0.9F}},
                             {{2}, {"b\n", 0.6F}},
                             {{2, 1}, {"#### 2\n", 0.7F}},
                             {{3}, {"c\n", 1.0F}},
                             {{3, 1}, {"#### 3\n", 0.5F}}});
}

TEST(BestOfNTest, EachPathScoreHasItsOwnBestChain) {
  const auto best = [](tree::PathScore rule) {
    SearchFixture fixture(ThreeChains());
    return fixture.Run(BestOfN({.chains = 3, .path_score = rule}));
  };
  EXPECT_EQ(best(tree::PathScore::kLast).answer, "1");
  EXPECT_FLOAT_EQ(best(tree::PathScore::kLast).score, 0.9F);
  EXPECT_EQ(best(tree::PathScore::kMin).answer, "2");
  EXPECT_FLOAT_EQ(best(tree::PathScore::kMin).score, 0.6F);
  EXPECT_EQ(best(tree::PathScore::kProduct).answer, "3");
  EXPECT_FLOAT_EQ(best(tree::PathScore::kProduct).score, 0.5F);
  EXPECT_EQ(best(tree::PathScore::kMean).answer, "3");
  EXPECT_FLOAT_EQ(best(tree::PathScore::kMean).score, 0.75F);
}

TEST(BestOfNTest, OnlyTheLastScoreIsBoughtWhereItAloneCounts) {
  SearchFixture last(ThreeChains()), least(ThreeChains());
  EXPECT_EQ(last.Run(BestOfN({.chains = 3})).charges.scored_steps, 3);
  const SearchResult all = least.Run(BestOfN({.chains = 3, .path_score = tree::PathScore::kMin}));
  EXPECT_EQ(all.charges.scored_steps, 6);
  EXPECT_EQ(all.charges.scored_tokens, 3 * 9);
}

TEST(BestOfNTest, TheVoteAddsPathScores) {
  const world::Script script = world::TableScript({{{1}, {"a\n", 0.9F}},
                                                   {{1, 1}, {"#### 1\n", 0.9F}},
                                                   {{2}, {"b\n", 0.5F}},
                                                   {{2, 1}, {"#### 2\n", 0.6F}},
                                                   {{3}, {"c\n", 0.5F}},
                                                   {{3, 1}, {"#### 2\n", 0.6F}}});
  const auto vote = [&](tree::PathScore rule) {
    SearchFixture fixture(script);
    return fixture.Run(BestOfN({.chains = 3, .path_score = rule, .weighted = true})).answer;
  };
  EXPECT_EQ(vote(tree::PathScore::kLast), "2");     // 0.6 + 0.6 > 0.9
  EXPECT_EQ(vote(tree::PathScore::kProduct), "1");  // 0.3 + 0.3 < 0.81
}

TEST(ChainBudgetTest, ChainsThatVoteShareIt) {
  SearchFixture fixture(FourChains());
  fixture.limits.max_tokens = 12;  // chain 1 takes 9, then chain 2 writes "b\n" and "#### 7\n"
  const SearchResult result = fixture.Run(SelfConsistency({.chains = 4}));
  EXPECT_EQ(result.charges.tokens, 18);  // the last step was asked for at 11
  ASSERT_EQ(result.chains.size(), 2u);
  EXPECT_EQ(result.chains[1].answer, "7");
}

TEST(ChainBudgetTest, AChainThatItCutsOffHasNoAnswer) {
  SearchFixture fixture(FourChains());
  fixture.limits.max_tokens = 11;
  const SearchResult result = fixture.Run(SelfConsistency({.chains = 4}));
  EXPECT_EQ(result.charges.tokens, 11);
  ASSERT_EQ(result.chains.size(), 2u);
  EXPECT_EQ(result.chains[1].answer, "");
  EXPECT_EQ(result.answer, "5");
}

TEST(ChainBudgetTest, IndependentChainsHaveItEach) {
  SearchFixture fixture(FourChains());
  fixture.limits.max_tokens = 2;
  const SearchResult result = fixture.Run(ChainOfThought({.chains = 3}));
  EXPECT_EQ(result.charges.tokens, 3 * 2);
  EXPECT_EQ(result.answer, std::nullopt);
}

TEST(ChainBudgetTest, SequentialBestOfNHeedsIt) {
  SearchFixture fixture(FourChains());
  fixture.limits.max_tokens = 10;
  const SearchResult result =
      fixture.Run(SequentialBestOfN({.quantile = 0.95, .max_chains = 4}, world::EvenScores()));
  EXPECT_EQ(result.charges.tokens, 11);
  EXPECT_EQ(result.answer, "5");
}

TEST(ChainTrajectoryTest, TheObserverSeesOneTreeOfAllChains) {
  SearchFixture fixture(FourChains());
  tree::TrajectoryRecorder recorder(/*with_features=*/false);
  const SearchResult result = fixture.Run(BestOfN({.chains = 4, .weighted = true}), &recorder);
  const std::vector<tree::Trajectory> searches = recorder.TakeAll();
  ASSERT_EQ(searches.size(), 1u);
  std::vector<int> from, to;
  std::vector<float> scores;
  int64_t tokens = 0;
  for (const tree::TrajectoryStep& step : searches[0].steps) {
    from.push_back(step.from);
    to.push_back(step.to);
    scores.push_back(step.potential_after);
    tokens += step.tokens;
  }
  EXPECT_THAT(from, ElementsAre(0, 1, 0, 3, 0, 5, 0));
  EXPECT_THAT(to, ElementsAre(1, 2, 3, 4, 5, 6, 7));
  // Inner steps are not scored; the last step, dead, is 0.
  EXPECT_THAT(scores, ElementsAre(0.5F, 0.8F, 0.5F, 0.6F, 0.5F, 0.3F, 0.0F));
  EXPECT_EQ(tokens, result.charges.tokens);
  EXPECT_EQ(searches[0].end, tree::End::kTerminated);
  EXPECT_EQ(searches[0].answer->text, "7");
  EXPECT_EQ(searches[0].answer->node, 4);
}

TEST(ChainTrajectoryTest, IndependentChainsAreSearchesOfTheirOwn) {
  SearchFixture fixture(FourChains());
  fixture.limits.max_tokens = 100;
  tree::TrajectoryRecorder recorder(/*with_features=*/false);
  fixture.Run(ChainOfThought({.chains = 4}), &recorder);
  const std::vector<tree::Trajectory> searches = recorder.TakeAll();
  ASSERT_EQ(searches.size(), 4u);
  EXPECT_EQ(searches[1].answer->text, "7");
  EXPECT_EQ(searches[3].answer, std::nullopt);
  EXPECT_EQ(searches[3].end, tree::End::kNothingLegal);
}

// Whatever the budget, a method's tokens are the sum over its trajectories.
TEST(ChainTrajectoryTest, HoldsEveryTokenAtEveryBudget) {
  for (int64_t budget = 0; budget < 80; ++budget) {
    SearchFixture fixture(EndlessWorld());
    fixture.limits.max_tokens = budget;
    tree::TrajectoryRecorder recorder(/*with_features=*/false);
    const SearchResult result =
        fixture.Run(BestOfN({.chains = 5, .path_score = tree::PathScore::kMin}), &recorder);
    int64_t tokens = 0;
    for (const tree::TrajectoryStep& step : recorder.trajectory().steps) tokens += step.tokens;
    EXPECT_EQ(tokens, result.charges.tokens) << budget;
    if (budget > 0) {
      EXPECT_LT(tokens - recorder.trajectory().steps.back().tokens, budget);
    }
  }
}

TEST(SequentialBestOfNTest, StopsAtTheFirstChainAboveTheThreshold) {
  SearchFixture fixture(world::TableScript({{{1}, {"#### 1\n", 0.3F}},
                                            {{2}, {"d", 0.9F, llm::StepEnd::kEndOfText}},
                                            {{3}, {"#### 2\n", 0.7F}},
                                            {{4}, {"#### 3\n", 0.9F}}}));
  const SearchResult result =
      fixture.Run(SequentialBestOfN({.quantile = 0.7, .max_chains = 4}, world::EvenScores()));
  EXPECT_EQ(result.answer, "2");  // 0.7F < 0.7: rounding must not cost a chain
  EXPECT_EQ(result.chains.size(), 3u);
  EXPECT_EQ(result.charges.tokens, 7 + 2 + 7);
  EXPECT_EQ(result.charges.scored_steps, 2);
  EXPECT_EQ(result.charges.prompt_tokens, 2);
}

TEST(SequentialBestOfNTest, DrawsAllAndTakesTheBestWhenNoneIsGoodEnough) {
  SearchFixture fixture(FourChains());
  const SearchResult result =
      fixture.Run(SequentialBestOfN({.quantile = 0.95, .max_chains = 3}, world::EvenScores()));
  EXPECT_EQ(result.answer, "5");
  EXPECT_FLOAT_EQ(result.score, 0.8F);
  EXPECT_EQ(result.chains.size(), 3u);
  EXPECT_EQ(result.charges.tokens, 27);
}

TEST(SequentialBestOfNTest, EndsWhereTheWorldCannotSay) {
  SearchFixture fixture(world::TableScript({{{1}, {"#### 1\n", 0.3F}}}));
  const SearchResult result =
      fixture.Run(SequentialBestOfN({.quantile = 0.9, .max_chains = 8}, world::EvenScores()));
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
  const SelfConsistency first({.chains = 3});
  const BestOfN second({.chains = 3, .weighted = true});
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
