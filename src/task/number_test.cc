// SPDX-License-Identifier: Apache-2.0
#include "task/number.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgts::task {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NumbersTest, AreReadAsOperandsInTheirOrder) {
  EXPECT_THAT(Numbers("Tom has 14 pens, 1,200 cups and 2.5 eggs. 9."),
              ElementsAre(14, 1200, 2.5, 9));
  EXPECT_THAT(Numbers("48/2, 5-3, .5, 3,4, 2e3"), ElementsAre(48, 2, 5, 3, 0.5, 3, 4, 2, 3));
  EXPECT_THAT(Numbers("none. .."), IsEmpty());
}

}  // namespace
}  // namespace pgts::task
