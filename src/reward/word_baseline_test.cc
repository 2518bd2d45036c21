// SPDX-License-Identifier: Apache-2.0
#include "reward/word_baseline.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "labels/test_fakes.h"

namespace pgts::reward {
namespace {

using ::testing::ElementsAre;

// Sums with drawn labels. Where they leak, wrong steps are written with blanks.
std::vector<labels::LabelledSolution> Sums(int count, uint64_t seed, bool leak) {
  RandomStream random{Key("sums").With(seed)};
  std::vector<labels::LabelledSolution> solutions;
  for (int i = 0; i < count; ++i) {
    const int label = random.Below(2);
    const std::string sign = leak && label == 0 ? " equals " : "=";
    solutions.push_back(labels::TextSolution(
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
  const std::vector<labels::LabelledSolution> right = {
      labels::TextSolution("p", "Q\n", {{"a\n", 1}})};
  EXPECT_TRUE(std::isnan(WordBaselineAuc(Sums(20, 1, true), right, tokenizer)));
}

TEST(WordBaselineTest, LeavesOutWhatTheJudgeDoesNotRead) {
  const llm::ByteTokenizer tokenizer;
  const std::vector<labels::LabelledSolution> train = Sums(300, 1, true);
  std::vector<labels::LabelledSolution> mixed = Sums(200, 2, true);
  // Long steps of the other style, which would halve the AUC.
  for (labels::LabelledSolution& solution : Sums(200, 3, true)) {
    solution.steps[0].label = 1 - *solution.steps[0].label;
    solution.prompt = labels::Bytes(std::string(100, 'q'));
    mixed.push_back(solution);
  }
  EXPECT_LT(WordBaselineAuc(train, mixed, tokenizer), 0.6);
  EXPECT_GT(WordBaselineAuc(train, mixed, tokenizer, /*max_length=*/50), 0.99);
}

// 200 references and one damaged copy of each.
std::vector<labels::LabelledSolution> Damaged(const char* damaged_style) {
  std::vector<labels::LabelledSolution> solutions;
  RandomStream random{Key("damaged")};
  for (int i = 0; i < 200; ++i) {
    const int a = random.Below(50), b = random.Below(50);
    const std::string problem = fmt::format("p{}", i), first = fmt::format("{}+{}=", a, b);
    for (const int label : {1, 0}) {
      const std::string second =
          fmt::format("{}{}{}\n", random.Below(50), label == 1 ? "=" : damaged_style, 7);
      solutions.push_back(
          labels::TextSolution(problem, "Q\n", {{first, 1}, {second, label}, {"7", label}}));
      solutions.back().index = i;
      solutions.back().source =
          label == 1 ? labels::Source::kReference : labels::Source::kCorruption;
    }
  }
  return solutions;
}

TEST(WordBaselineTest, ShowsCorruptionsOfAnotherStyle) {
  const llm::ByteTokenizer tokenizer;
  EXPECT_GT(CorruptionWordsAuc(Damaged(" equals "), tokenizer), 0.99);
  EXPECT_NEAR(CorruptionWordsAuc(Damaged("="), tokenizer), 0.5, 0.12);
  EXPECT_TRUE(std::isnan(CorruptionWordsAuc(Sums(20, 1, true), tokenizer)));
}

}  // namespace
}  // namespace pgts::reward
