// SPDX-License-Identifier: Apache-2.0
#include "llm/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <vector>

#include "llm/logit_math.h"

namespace pgts::llm {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

// exp(l): 4, 1, 2, 1, 2; sum 10. Order: 0, 2, 4, 1, 3 (ties by id).
const std::vector<float> kLogits = {std::log(4.f), 0, std::log(2.f), 0, std::log(2.f)};

SamplingOptions Off() { return {.temperature = 1, .top_p = 1}; }

TEST(Sampler, OrdersByLogitThenId) {
  EXPECT_THAT(Truncate(kLogits, Off()).tokens, ElementsAre(0, 2, 4, 1, 3));
}

TEST(Sampler, LogProbabilityIsUntruncatedAtTemperatureOne) {
  SamplingOptions options = Off();
  options.temperature = 0.5;
  options.top_k = 2;
  const TokenDistribution candidates = Truncate(kLogits, options);
  ASSERT_THAT(candidates.tokens, ElementsAre(0, 2));
  EXPECT_NEAR(candidates.log_probs[0], std::log(0.4), 1e-6);
  EXPECT_NEAR(candidates.log_probs[1], std::log(0.2), 1e-6);
}

TEST(Sampler, CumulativeWeightsFollowTheTemperature) {
  SamplingOptions options = Off();
  options.temperature = 0.5;  // weights (l/4)^2: 1, 1/4, 1/4, 1/16, 1/16
  EXPECT_THAT(Truncate(kLogits, options).cumulative,
              ElementsAre(DoubleNear(1, 1e-6), DoubleNear(1.25, 1e-6), DoubleNear(1.5, 1e-6),
                          DoubleNear(1.5625, 1e-6), DoubleNear(1.625, 1e-6)));
}

TEST(Sampler, TopPKeepsTheSmallestSetThatReachesIt) {
  SamplingOptions options = Off();
  options.top_p = 0.59;  // 0.4, 0.6
  EXPECT_THAT(Truncate(kLogits, options).tokens, ElementsAre(0, 2));
  options.top_p = 0.61;  // 0.4, 0.6, 0.8
  EXPECT_THAT(Truncate(kLogits, options).tokens, ElementsAre(0, 2, 4));
  options.top_p = 1e-9;
  EXPECT_THAT(Truncate(kLogits, options).tokens, ElementsAre(0));
}

TEST(Sampler, TopPCountsTheShareOfWhatTopKKept) {
  SamplingOptions options = Off();
  options.top_k = 3;     // 4, 2, 2 of 8
  options.top_p = 0.74;  // 0.5, 0.75
  EXPECT_THAT(Truncate(kLogits, options).tokens, ElementsAre(0, 2));
}

TEST(Sampler, MinPComparesWithTheLargest) {
  SamplingOptions options = Off();
  options.min_p = 0.45;
  EXPECT_THAT(Truncate(kLogits, options).tokens, ElementsAre(0, 2, 4));
  options.min_p = 0.55;
  EXPECT_THAT(Truncate(kLogits, options).tokens, ElementsAre(0));
}

TEST(Sampler, GreedyTakesTheFirstOfEquals) {
  const std::vector<float> logits = {0, 3, 3};
  const TokenDistribution candidates = Truncate(logits, {.temperature = 0});
  EXPECT_THAT(candidates.tokens, ElementsAre(1));
  EXPECT_NEAR(candidates.log_probs[0], -std::log(2 + std::exp(-3.0)), 1e-6);
}

TEST(Sampler, DrawIsTheInverseOfTheCumulativeDistribution) {
  const TokenDistribution candidates = Truncate(kLogits, Off());  // 0.4, 0.6, 0.8, 0.9, 1
  EXPECT_EQ(candidates.tokens[DrawToken(candidates.cumulative, 0)], 0);
  EXPECT_EQ(candidates.tokens[DrawToken(candidates.cumulative, 0.399)], 0);
  EXPECT_EQ(candidates.tokens[DrawToken(candidates.cumulative, 0.401)], 2);
  EXPECT_EQ(candidates.tokens[DrawToken(candidates.cumulative, 0.601)], 4);
  EXPECT_EQ(candidates.tokens[DrawToken(candidates.cumulative, 0.899)], 1);
  EXPECT_EQ(candidates.tokens[DrawToken(candidates.cumulative, 0.999999999)], 3);
  EXPECT_NEAR(DrawLogProb(candidates, 1), std::log(0.2), 1e-6);
}

// Ties across the edge of what is kept, and vocabularies that no vector divides.
TEST(Sampler, TopKEqualsAFullSort) {
  std::mt19937 random(5);
  for (const int size : {1, 7, 8, 288, 5003, 49152}) {
    std::vector<float> logits(size);
    for (float& logit : logits) logit = static_cast<float>(random() % (size / 4 + 1)) / 64;
    std::vector<Token> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::greater(), [&](Token token) { return logits[token]; });
    for (const int top_k : {1, 2, 50, 1000, 60000}) {
      SamplingOptions options = Off();
      options.top_k = top_k;
      const size_t kept = std::min<size_t>(top_k, order.size());
      EXPECT_THAT(Truncate(logits, options).tokens,
                  testing::ElementsAreArray(order.begin(), order.begin() + kept))
          << size << " " << top_k;
    }
  }
}

// Flat, all equal, with ties across the edge, with tokens that are ruled out.
std::vector<std::vector<float>> Shapes() {
  std::mt19937 random(7);
  std::normal_distribution<float> flat(0, 0.3F), peaked(0, 3);
  std::vector<std::vector<float>> shapes(4, std::vector<float>(5000));
  for (float& logit : shapes[0]) logit = flat(random);
  for (float& logit : shapes[2]) logit = std::round(4 * peaked(random)) / 4;
  for (size_t i = 0; i < shapes[3].size(); ++i) {
    shapes[3][i] = i % 3 == 0 ? -INFINITY : peaked(random);
  }
  return shapes;
}

// What is sorted alone (top_p 1) holds all tokens and the same weights in the same order.
TEST(Sampler, TopPKeepsWhatAFullSortWould) {
  for (const std::vector<float>& logits : Shapes()) {
    for (const double temperature : {0.2, 0.8, 2.0}) {
      const TokenDistribution all = Truncate(logits, {.temperature = temperature, .top_p = 1});
      const auto inverse = 1 / static_cast<float>(temperature);
      const double sum = SumExponentials(logits, LargestLogit(logits), inverse).tempered;
      for (const double top_p : {0.1, 0.5, 0.9, 0.999}) {
        const size_t before =
            std::ranges::lower_bound(all.cumulative, top_p * sum) - all.cumulative.begin();
        const size_t kept = std::min(before + 1, all.tokens.size());
        EXPECT_THAT(Truncate(logits, {.temperature = temperature, .top_p = top_p}).tokens,
                    testing::ElementsAreArray(all.tokens.begin(), all.tokens.begin() + kept))
            << temperature << " " << top_p;
      }
    }
  }
}

// The windowed selection against a plain full sort, on a vocabulary of realistic size.
TEST(Sampler, LargeVocabularyEqualsAFullSort) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal(0, 3);
  std::vector<float> logits(50000);
  for (float& logit : logits) logit = normal(random);
  const SamplingOptions options{.temperature = 0.8, .top_p = 0.9};
  std::vector<Token> order(logits.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Token>(i);
  std::sort(order.begin(), order.end(), [&](Token a, Token b) {
    return logits[a] != logits[b] ? logits[a] > logits[b] : a < b;
  });
  double total = 0, held = 0;
  for (const float logit : logits) total += std::exp((logit - logits[order[0]]) / 0.8);
  size_t kept = 0;
  while (held < 0.9 * total) held += std::exp((logits[order[kept++]] - logits[order[0]]) / 0.8);
  order.resize(kept);

  const TokenDistribution candidates = Truncate(logits, options);
  EXPECT_NEAR(static_cast<double>(candidates.tokens.size()), static_cast<double>(kept), 1);
  const size_t common = std::min(kept, candidates.tokens.size());
  EXPECT_TRUE(std::equal(order.begin(), order.begin() + common, candidates.tokens.begin()));
  EXPECT_NEAR(candidates.cumulative[common - 1] / total, held / total, 1e-3);
}

}  // namespace
}  // namespace pgts::llm
