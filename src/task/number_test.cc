// SPDX-License-Identifier: Apache-2.0
#include "task/number.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "task/fold_text.h"

namespace pgts::task {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kNone = "none";

// The normal form of the number that `text` begins with.
std::string Read(std::string_view text) {
  const std::string folded = FoldText(text);
  const size_t begin = folded.find_first_not_of(' ');
  if (begin == std::string::npos) return kNone;
  const std::optional<NumberSpan> number = ScanNumber(folded, begin, NumberPlace::kAnswer);
  return number ? NormalForm(*number).value_or(kNone) : kNone;
}

TEST(NormalFormTest, EqualNumbersHaveEqualForms) {
  struct Case {
    std::string text, expected;
  };
  const std::vector<Case> cases = {
      {"69", "69"},
      {"069", "69"},
      {"  69  ", "69"},
      {"69.", "69"},
      {"69.0", "69"},
      {"69.50", "69.5"},
      {".5", "0.5"},
      {"0.5", "0.5"},
      {"1/2", "0.5"},
      {"2/4", "0.5"},
      {"4/2", "2"},
      {"1/3", "1/3"},
      {"2/6", "1/3"},
      {"-1/8", "-0.125"},
      {"7/0", kNone},
      {"0/7", "0"},
      {"1,234", "1234"},
      {"1,234,567", "1234567"},
      {"1,23", "1.23"},
      {"12,3456", "12"},
      {"$1,234.50", "1234.5"},
      {"-$5", "-5"},
      {"$-5", "-5"},
      {"-5", "-5"},
      {"\xE2\x88\x92"
       "5",
       "-5"},
      {"-0", "0"},
      {"-0.00", "0"},
      {"50%", "50"},
      {"\xE2\x82\xAC"
       "7",
       "7"},
      {"\xC2\xA3"
       "7",
       "7"},
      {"\\$18", "18"},
      {"18 apples", "18"},
      {"12kg", "12"},
      {"\\frac{1}{2}", "0.5"},
      {"-\\dfrac{2}{3}", "-2/3"},
      {"", kNone},
      {"apples", kNone},
      {"-", kNone},
      {"$", kNone},
      {".", kNone},
      {",", kNone},
      {"\\frac{1}{0}", kNone},
      {"1000000000000000001/1000000000000000000", "1000000000000000001/1000000000000000000"},
      {"1/1024", "0.0009765625"},
      {"1 1/02", "1.5"},
      {"1 01/2", "1.5"},
      {"1 3/02", "1"},  // improper: no mixed number
      {"1 99999999999999999999/0000000000000000000000001", "1"},
      {"1 18446744073709551615/000000000000000000000000000002", "1"},
  };
  for (const Case& c : cases) EXPECT_EQ(Read(c.text), c.expected) << c.text;
}

// Doubles would call these equal.
TEST(NormalFormTest, IsExact) {
  EXPECT_NE(Read("9007199254740993"), Read("9007199254740992"));
  EXPECT_NE(Read("0.1"), Read("0.1000000000000000055511151231257827"));
  EXPECT_EQ(Read("123456789123456789/1000"), "123456789123456.789");
}

// Against exact cross-multiplication: two quotients share a form just when they are equal.
TEST(NormalFormTest, QuotientsShareAFormExactlyWhenEqual) {
  struct Fraction {
    int p, q;
    std::string form;
  };
  std::vector<Fraction> fractions;
  for (int p = 0; p <= 24; ++p) {
    for (int q = 1; q <= 24; ++q) {
      fractions.push_back({p, q, Read(std::to_string(p) + "/" + std::to_string(q))});
    }
  }
  for (const Fraction& a : fractions) {
    for (const Fraction& b : fractions) {
      ASSERT_EQ(a.form == b.form, a.p * b.q == b.p * a.q) << a.form << " " << b.form;
    }
  }
}

TEST(NumbersTest, AreReadAsOperandsInTheirOrder) {
  EXPECT_THAT(Numbers("Tom has 14 pens, 1,200 cups and 2.5 eggs. 9."),
              ElementsAre(14, 1200, 2.5, 9));
  EXPECT_THAT(Numbers("48/2, 5-3, .5, 3,4, 2e3"), ElementsAre(48, 2, 5, 3, 0.5, 3, 4, 2, 3));
  EXPECT_THAT(Numbers("none. .."), IsEmpty());
}

}  // namespace
}  // namespace pgts::task
