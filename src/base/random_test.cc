// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace pgts {
namespace {

// Worlds and recorded runs depend on these numbers: they must never change.
TEST(RandomTest, DrawsArePinned) {
  const Key key = Key("pinned").With(7).With("part").With(std::vector<int>{1, 2});
  EXPECT_EQ(key.value(), 10856310560838647521u);
  EXPECT_EQ(key.Bits(0), 1278441113196898099u);
  EXPECT_EQ(key.Bits(1ULL << 40), 18142603379016419737u);
}

TEST(RandomTest, EveryPartOfAKeyCounts) {
  std::set<uint64_t> values;
  const Key root("root");
  for (uint64_t i = 0; i < 1000; ++i) values.insert(root.With(i).value());
  values.insert(root.With("1").value());
  values.insert(root.With(std::vector<int>{1}).value());
  values.insert(root.With(std::vector<int>{1, 1}).value());
  values.insert(root.With(1).With(2).value());
  values.insert(root.With(2).With(1).value());
  EXPECT_EQ(values.size(), 1005u);
}

TEST(RandomTest, UniformCoversTheUnitInterval) {
  RandomStream stream(Key("uniform"));
  double sum = 0;
  std::vector<int> tenths(10);
  for (int i = 0; i < 100'000; ++i) {
    const double draw = stream.Uniform();
    ASSERT_GE(draw, 0);
    ASSERT_LT(draw, 1);
    sum += draw;
    ++tenths[static_cast<size_t>(draw * 10)];
  }
  EXPECT_NEAR(sum / 100'000, 0.5, 0.003);
  for (const int count : tenths) EXPECT_NEAR(count, 10'000, 400);
}

TEST(RandomTest, ShuffleIsAPermutationOfItsStream) {
  std::vector<int> items = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<int> again = items;
  RandomStream(Key("shuffle")).Shuffle(std::span<int>(items));
  RandomStream(Key("shuffle")).Shuffle(std::span<int>(again));
  EXPECT_EQ(items, again);
  EXPECT_NE(items[0] + 10 * items[1] + 100 * items[2], 210);
  EXPECT_THAT(items, ::testing::UnorderedElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

}  // namespace
}  // namespace pgts
