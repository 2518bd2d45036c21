// SPDX-License-Identifier: Apache-2.0
#include "reward/word_baseline.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "reward/test_fakes.h"

namespace pgts::reward {
namespace {

using ::testing::ElementsAre;

// Sums with drawn labels. Where they leak, wrong steps are written with blanks.
std::vector<LabelledSolution> Sums(int count, uint64_t seed, bool leak) {
  RandomStream random{Key("sums").With(seed)};
  std::vector<LabelledSolution> solutions;
  for (int i = 0; i < count; ++i) {
    const int label = random.Below(2);
    const std::string sign = leak && label == 0 ? " equals " : "=";
    solutions.push_back(TextSolution(
        "p", "Q\n",
        {{fmt::format("{}+{}{}{}\n", random.Below(50), random.Below(50), sign, 7), label}}));
  }
  return solutions;
}

TEST(WordBaselineTest, Words) {
  EXPECT_THAT(Words("14+9 = 23\n#### caf\xc3\xa9"),
              ElementsAre("14", "+", "9", "=", "23", "#", "#", "#", "#", "caf\xc3\xa9"));
}

TEST(WordBaselineTest, ShowsALeakAndNothingWhereThereIsNone) {
  const llm::ByteTokenizer tokenizer;
  EXPECT_GT(WordBaselineAuc(Sums(300, 1, true), Sums(200, 2, true), tokenizer), 0.99);
  EXPECT_NEAR(WordBaselineAuc(Sums(300, 1, false), Sums(200, 2, false), tokenizer), 0.5, 0.1);
}

TEST(WordBaselineTest, WithOneClassThereIsNoAuc) {
  const llm::ByteTokenizer tokenizer;
  const std::vector<LabelledSolution> right = {TextSolution("p", "Q\n", {{"a\n", 1}})};
  EXPECT_TRUE(std::isnan(WordBaselineAuc(Sums(20, 1, true), right, tokenizer)));
}

}  // namespace
}  // namespace pgts::reward
