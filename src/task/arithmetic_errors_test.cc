// SPDX-License-Identifier: Apache-2.0
#include "task/arithmetic_errors.h"

#include <gtest/gtest.h>

#include <string>

namespace pgts::task {
namespace {

TEST(ArithmeticErrorsTest, AnEquationHoldsOrNot) {
  EXPECT_EQ(CountWrongEquations("She has 48 / 2 = $24 left."), 0);
  EXPECT_EQ(CountWrongEquations("She has 48 / 2 = $25 left."), 1);
  EXPECT_EQ(CountWrongEquations("14+9=23\n23*2=45\n45-5=40"), 1);
  EXPECT_EQ(CountWrongEquations("3 × (2 + 4) = 18 and 12 ÷ 5 = 2.4"), 0);
  EXPECT_EQ(CountWrongEquations("1,200 * 2 = 2,400"), 0);
  EXPECT_EQ(CountWrongEquations("20% * 50 = 10, 2 x 3 = 7"), 1);
  EXPECT_EQ(CountWrongEquations("10 / 3 = 3.33"), 0);  // rounded
  EXPECT_EQ(CountWrongEquations("5 - 8 = -3"), 0);
}

TEST(ArithmeticErrorsTest, WhatIsNoCalculationIsNoError) {
  EXPECT_EQ(CountWrongEquations("x = 5, 12 = 13"), 0);
  EXPECT_EQ(CountWrongEquations("8 / 0 = 3"), 0);
  EXPECT_EQ(CountWrongEquations("(3 + = 4"), 0);
  EXPECT_EQ(CountWrongEquations(""), 0);
}

TEST(ArithmeticErrorsTest, EndlessBracketsAndSignsAreNoCalculation) {
  const std::string many(1'000'000, '('), signs(1'000'000, '-');
  EXPECT_EQ(CountWrongEquations(many + "1+1 = 3"), 0);
  EXPECT_EQ(CountWrongEquations("2" + signs + "1 = 7"), 0);
}

TEST(ArithmeticErrorsTest, NumbersThatAreNeverUsed) {
  const char* question = "Ann buys 3 bags of 1,200 nuts at $2.50 a bag. How many nuts, of 3 kinds?";
  EXPECT_EQ(CountUnusedNumbers(question, "3*1200=3600"), 1);
  EXPECT_EQ(CountUnusedNumbers(question, "3*1200=3600 for 3*2.5"), 0);
  EXPECT_EQ(CountUnusedNumbers(question, ""), 3);
}

}  // namespace
}  // namespace pgts::task
