// SPDX-License-Identifier: Apache-2.0
#include "reward/token_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "labels/test_fakes.h"

namespace pgts::reward {
namespace {

using ::testing::ElementsAre;

TEST(TokenTreeTest, SharesWhatBeginsAlike) {
  const labels::LabelledSolution one = labels::TextSolution("p", "Q\n", {{"a\n", 1}, {"b\n", 0}});
  const labels::LabelledSolution two = labels::TextSolution("p", "Q\n", {{"a\n", 1}, {"c\n", 1}});
  const labels::LabelledSolution* both[] = {&one, &two};
  const TokenTree tree = BuildTokenTree(both, 100);
  EXPECT_EQ(tree.tokens, labels::Bytes("Q\na\nb\nc\n"));
  EXPECT_THAT(tree.parent, ElementsAre(-1, 0, 1, 2, 3, 4, 3, 6));
  EXPECT_THAT(tree.depth, ElementsAre(0, 1, 2, 3, 4, 5, 4, 5));
  ASSERT_EQ(tree.readings.size(), 4u);
  EXPECT_EQ(tree.readings[0].node, 3);  // the newline after "a", for both
  EXPECT_EQ(tree.readings[2].node, 3);
  EXPECT_EQ(tree.readings[1].node, 5);
  EXPECT_EQ(tree.readings[3].node, 7);
  EXPECT_EQ(tree.readings[3].solution, 1);
  EXPECT_EQ(tree.readings[3].step, 1);
}

TEST(TokenTreeTest, StopsAtTheLongestLength) {
  const labels::LabelledSolution one = labels::TextSolution("p", "Q\n", {{"a\n", 1}, {"b\n", 0}});
  const labels::LabelledSolution* only[] = {&one};
  const TokenTree tree = BuildTokenTree(only, 5);
  EXPECT_EQ(tree.tokens, labels::Bytes("Q\na\nb"));
  EXPECT_EQ(tree.readings.size(), 1u);  // the second step does not end within five tokens
}

}  // namespace
}  // namespace pgts::reward
