// SPDX-License-Identifier: Apache-2.0
#include "reward/data_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "labels/test_fakes.h"
#include "reward/training_rows.h"

namespace pgts::reward {
namespace {

using ::testing::ElementsAre;

TEST(DataFilterTest, RepeatsGoTheFirstStays) {
  std::vector<labels::LabelledSolution> solutions = {
      labels::TextSolution("p", "Q\n", {{"a\n", 1}, {"b\n", 0}}),
      labels::TextSolution("p", "Q\n", {{"a\n", 1}, {"b\n", 0}}),  // the same
      labels::TextSolution("p", "Q\n", {{"a\n", 1}, {"b\n", 1}}),  // other labels
      labels::TextSolution("p", "Q\n", {{"a\nb\n", 0}}),           // other cuts
      labels::TextSolution("p", "R\n", {{"a\n", 1}, {"b\n", 0}})};
  EXPECT_EQ(RemoveRepeats(solutions), 1);
  EXPECT_EQ(solutions.size(), 4u);
}

TEST(DataFilterTest, WhereSourcesContradictEachOtherNoneIsBelieved) {
  std::vector<labels::LabelledSolution> solutions = {
      labels::TextSolution("p", "Q\n", {{"a\n", 1}, {"b\n", 0}, {"c\n", 0}}),
      labels::TextSolution("p", "Q\n",
                           {{"a\n", 0}}),  // the same source: not contested by the first
      labels::TextSolution("p", "Q\n", {{"a\n", std::nullopt}, {"b\n", 1}})};
  solutions[2].source = labels::Source::kReference;
  EXPECT_EQ(RemoveContested(solutions), 2);
  EXPECT_EQ(solutions[0].steps[0].label, 1);
  EXPECT_EQ(solutions[0].steps[1].label, std::nullopt);
  EXPECT_EQ(solutions[0].steps[2].label, 0);
  EXPECT_EQ(solutions[1].steps[0].label, 0);
  EXPECT_EQ(solutions[2].steps[1].label, std::nullopt);
}

TEST(DataFilterTest, TheOptionsDecide) {
  const labels::LabelledSolution once = labels::TextSolution("p", "Q\n", {{"a\n", 1}});
  std::vector<labels::LabelledSolution> solutions = {once, once};
  FilterTraining(solutions, {});
  EXPECT_EQ(solutions.size(), 2u);
  FilterTraining(solutions, {.remove_repeats = true});
  EXPECT_EQ(solutions.size(), 1u);
}

TEST(ClassBalanceTest, BothLabelsWeighTheSameInAll) {
  const std::vector<labels::LabelledSolution> solutions = {
      labels::TextSolution("p", "Q\n", {{"a\n", 1}, {"b\n", 1}, {"c\n", 1}, {"d\n", 0}})};
  const RowOptions plain;
  EXPECT_THAT(MakeRows(solutions, plain)[0].weight, ElementsAre(1, 1, 1, 1));
  const RowOptions balanced = Balanced(plain, MakeRows(solutions, plain));
  EXPECT_THAT(MakeRows(solutions, balanced)[0].weight,
              ElementsAre(4.0 / 6, 4.0 / 6, 4.0 / 6, 4.0 / 2));
}

TEST(ClassBalanceTest, OneLabelAloneIsLeftAsItIs) {
  const std::vector<labels::LabelledSolution> solutions = {
      labels::TextSolution("p", "Q\n", {{"a\n", 1}})};
  const RowOptions plain;
  EXPECT_EQ(Balanced(plain, MakeRows(solutions, plain)).right_weight, 1);
}

}  // namespace
}  // namespace pgts::reward
