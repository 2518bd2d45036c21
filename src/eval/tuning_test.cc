// SPDX-License-Identifier: Apache-2.0
#include "eval/tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "base/random.h"

namespace pgts::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// Six settings. On the frontier: 0 (10 tokens, 40 %), 3 (20, 60 %), 1 (60, 80 %).
const std::vector<Outcome> kSix = {{.accuracy = 0.4, .tokens = 10},
                                   {.accuracy = 0.8, .tokens = 60},
                                   {.accuracy = 0.8, .tokens = 90},  // no better than 1
                                   {.accuracy = 0.6, .tokens = 20},
                                   {.accuracy = 0.65, .tokens = 40},  // under the line from 3 to 1
                                   {.accuracy = 0.3, .tokens = 10}};

TEST(BestAtPriceTest, IsTheMostAccurateLessThePriceOfItsTokens) {
  EXPECT_EQ(BestAtPrice(kSix, 0), 1u);
  EXPECT_EQ(BestAtPrice(kSix, 0.004), 1u);  // 0.8 - 0.24 > 0.6 - 0.08: to 0.005 a token
  EXPECT_EQ(BestAtPrice(kSix, 0.006), 3u);
  EXPECT_EQ(BestAtPrice(kSix, 0.019), 3u);  // 0.6 - 0.38 > 0.4 - 0.19: to 0.02
  EXPECT_EQ(BestAtPrice(kSix, 0.021), 0u);
}

TEST(BestAtPriceTest, TiesGoToFewerTokensThenToTheFirst) {
  const Outcome dear{.accuracy = 0.75, .tokens = 2}, cheap{.accuracy = 0.5, .tokens = 1};
  const std::vector<Outcome> tied = {dear, cheap, cheap};
  EXPECT_EQ(BestAtPrice(tied, 0.25), 1u);
  EXPECT_EQ(BestAtPrice(tied, 0.125), 0u);
}

TEST(FrontierTest, IsWhatSomePriceTakesFromTheCheapestToTheMostAccurate) {
  EXPECT_THAT(Frontier(kSix), ElementsAre(0, 3, 1));
  const std::vector<Outcome> straight = {{.accuracy = 0, .tokens = 1},
                                         {.accuracy = 0.25, .tokens = 2},
                                         {.accuracy = 0.5, .tokens = 3}};
  EXPECT_THAT(Frontier(straight), ElementsAre(0, 2));
  EXPECT_THAT(Frontier(std::vector<Outcome>(3)), ElementsAre(0));
}

TEST(FrontierTest, HoldsWhatAnyPriceTakes) {
  std::vector<Outcome> many;
  for (uint64_t i = 0; i < 40; ++i) {
    many.push_back({Key("accuracy").Uniform(i), 100 * Key("tokens").Uniform(i)});
  }
  const std::vector<size_t> frontier = Frontier(many);
  for (double price = 1; price > 1e-6; price *= 0.9) {
    EXPECT_THAT(frontier, ::testing::Contains(BestAtPrice(many, price))) << price;
  }
}

void ExpectMix(double tokens, const std::vector<std::pair<size_t, double>>& expected) {
  const std::vector<Part> parts = MixAtTokens(kSix, tokens);
  ASSERT_EQ(parts.size(), expected.size()) << tokens;
  double spent = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    EXPECT_EQ(parts[i].outcome, expected[i].first) << tokens;
    EXPECT_DOUBLE_EQ(parts[i].share, expected[i].second) << tokens;
    spent += parts[i].share * kSix[parts[i].outcome].tokens;
  }
  if (parts.size() > 1) {
    EXPECT_DOUBLE_EQ(spent, tokens);
  }
}

TEST(MixAtTokensTest, MixesTheNeighboursOnTheFrontierSoThatTheyMeetTheTokens) {
  ExpectMix(15, {{0, 0.5}, {3, 0.5}});
  ExpectMix(20, {{3, 1}});
  ExpectMix(50, {{3, 0.25}, {1, 0.75}});
}

TEST(MixAtTokensTest, BeyondItsEndsTheCheapestOrTheMostAccurateIsTaken) {
  ExpectMix(5, {{0, 1}});
  ExpectMix(60, {{1, 1}});
  ExpectMix(80, {{1, 1}});
}

// What a stored world lacks was counted as wrong, for the settings that asked for it.
TEST(OutcomesOfTest, ComparesOnTheProblemsThatAllWalked) {
  const std::vector<Tried> tried = {{.correct = {1, 0, 1, 0}, .tokens = {10, 20, 30, 40}},
                                    {.correct = {1, 1, kMissing, 0}, .tokens = {20, 40, 3, 60}}};
  const Outcomes outcomes = OutcomesOf(tried, "beam");
  EXPECT_EQ(outcomes.left_out, 1u);
  EXPECT_DOUBLE_EQ(outcomes.of[0].accuracy, 1.0 / 3);
  EXPECT_DOUBLE_EQ(outcomes.of[0].tokens, 70.0 / 3);
  EXPECT_DOUBLE_EQ(outcomes.of[1].accuracy, 2.0 / 3);
  EXPECT_DOUBLE_EQ(outcomes.of[1].tokens, 40);
}

TEST(OutcomesOfTest, WithoutACommonProblemItRefuses) {
  const std::vector<Tried> tried = {{.correct = {1, kMissing}, .tokens = {10, 1}},
                                    {.correct = {kMissing, 1}, .tokens = {1, 10}}};
  EXPECT_THAT(
      [&] { OutcomesOf(tried, "beam"); },
      ThrowsMessage<Error>(HasSubstr("beam: the stored worlds hold no validation problem")));
}

}  // namespace
}  // namespace pgts::eval
