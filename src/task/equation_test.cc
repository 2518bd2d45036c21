// SPDX-License-Identifier: Apache-2.0
#include "task/equation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgts::task {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "calculation = result", or with "!=" where it does not hold.
std::vector<std::string> Read(std::string_view text) {
  std::vector<std::string> equations;
  for (const Equation& equation : FindEquations(text)) {
    equations.push_back(std::string(equation.calculation) + (equation.holds ? " = " : " != ") +
                        std::string(equation.result));
  }
  return equations;
}

TEST(EquationTest, ReadsCalculationsAndTheirResults) {
  EXPECT_THAT(Read("She has 48 / 2 = $24 left."), ElementsAre("48 / 2 = 24"));
  EXPECT_THAT(Read("14+9=23\n23*2=45"), ElementsAre("14+9 = 23", "23*2 != 45"));
  EXPECT_THAT(Read("3 × (2 + 4) = 18"), ElementsAre("3 × (2 + 4) = 18"));
  EXPECT_THAT(Read("(2 + 4) / 3 = 2; (2+1) = 3"), ElementsAre("(2 + 4) / 3 = 2", "(2+1) = 3"));
  EXPECT_THAT(Read("20% x 1,200 = 240"), ElementsAre("20% x 1,200 = 240"));
  EXPECT_THAT(Read("5 - 8 = -3, -5 + 8 = 3"), ElementsAre("5 - 8 = -3", "-5 + 8 = 3"));
  EXPECT_THAT(Read("5 * -2 = - 10"), ElementsAre("5 * -2 = - 10"));
  EXPECT_THAT(Read("1 / 20 = 5%"), ElementsAre("1 / 20 = 5%"));
  EXPECT_THAT(Read("8 - 3 - 2 = 3 - that is all"), ElementsAre("8 - 3 - 2 = 3"));
}

TEST(EquationTest, WordsAroundItDoNotMatter) {
  EXPECT_THAT(Read("(3 + 4 = 8)"), ElementsAre("3 + 4 != 8"));
  EXPECT_THAT(Read("1. 3 + 4 = 8"), ElementsAre("3 + 4 != 8"));
  EXPECT_THAT(Read("2) 3 + 4 = 8"), ElementsAre("3 + 4 != 8"));
  EXPECT_THAT(Read("- 3 + 5 = 8"), ElementsAre("3 + 5 = 8"));
  EXPECT_THAT(Read("x = 5 + 3 = 9"), ElementsAre("5 + 3 != 9"));
  EXPECT_THAT(Read("Of 12\n3 + 4 = 7"), ElementsAre("3 + 4 = 7"));
}

TEST(EquationTest, AResultMayBeACalculation) {
  EXPECT_THAT(Read("5 + 3 = 4 + 4 = 8"), ElementsAre("5 + 3 = 4 + 4", "4 + 4 = 8"));
  EXPECT_THAT(Read("3 * 4 = 12 - 5 = 7"), ElementsAre("3 * 4 = 12 - 5", "12 - 5 = 7"));
  EXPECT_THAT(Read("3 * 4 = 13 - 5"), ElementsAre("3 * 4 != 13 - 5"));
}

TEST(EquationTest, WhatIsNotUnderstoodIsNoEquation) {
  for (const char* text : {"", "x = 5, 12 = 13", "8 / 0 = 3", "(3 + = 4", "3 pens + 4 = 7",
                           "n + 3 + 4 = 8", "2x + 3 + 4 = 9", "2 1/2 * 4 = 10",
                           "3 + 4 =", "3 + 4\n= 7", "3 + 4 = seven", "2 (3 + 4) = 9"}) {
    EXPECT_THAT(Read(text), IsEmpty()) << text;
  }
}

TEST(BinaryEquationTest, ReadsOneTrueEquation) {
  const auto plain = ParseBinaryEquation("14+9=23");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->left, 14);
  EXPECT_EQ(plain->operation, '+');
  EXPECT_EQ(plain->right, 9);
  EXPECT_EQ(plain->result, 23);
  EXPECT_EQ(plain->Line(), "14+9=23");

  const auto spoken = ParseBinaryEquation("She has 48 / 2 = $24 left.");
  ASSERT_TRUE(spoken);
  EXPECT_EQ(spoken->result, 24);
  EXPECT_EQ(spoken->Line(), "She has 48 / 2 = $24 left.");
  EXPECT_EQ(ParseBinaryEquation("(100-54 = 46% boys)")->after, "% boys)");
}

TEST(BinaryEquationTest, RefusesWhatItCannotCarryOn) {
  EXPECT_FALSE(ParseBinaryEquation("14+9=24"));          // not true
  EXPECT_FALSE(ParseBinaryEquation("2+3=5 and 4+5=9"));  // two
  EXPECT_FALSE(ParseBinaryEquation("16-3-4=9"));         // longer sums
  EXPECT_FALSE(ParseBinaryEquation("0.5*4=2"));          // fractions
  EXPECT_FALSE(ParseBinaryEquation("1+2=3.5"));
  EXPECT_FALSE(ParseBinaryEquation("#### 46"));
  EXPECT_FALSE(ParseBinaryEquation(""));
  EXPECT_FALSE(ParseBinaryEquation("999999999999*999999999999=5"));  // beyond 64 bits
}

TEST(BinaryEquationTest, EvaluatesInWholeNumbersOnly) {
  EXPECT_EQ(Evaluate(7, '-', 2), 5);
  EXPECT_EQ(Evaluate(2, '-', 7), std::nullopt);
  EXPECT_EQ(Evaluate(7, '/', 2), std::nullopt);
  EXPECT_EQ(Evaluate(7, '/', 0), std::nullopt);
}

}  // namespace
}  // namespace pgts::task
