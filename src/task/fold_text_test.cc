// SPDX-License-Identifier: Apache-2.0
#include "task/fold_text.h"

#include <gtest/gtest.h>

#include <vector>

namespace pgts::task {
namespace {

TEST(FoldTextTest, OneAlphabetOfDigitsAndSigns) {
  struct Case {
    std::string text, folded;
  };
  const std::vector<Case> cases = {
      {"plain, 1.5 - 2", "plain, 1.5 - 2"},
      {"١٢ ۳۴ ५६ ７８ 𝟗", "12 34 56 78 9"},
      {"＃＃ －５％", "## -5%"},
      {"−5 –6", "-5 -6"},
      {"“x” ‘y’", "\"x\" 'y'"},
      {"١٬٢٣٤٫٥", "1,234.5"},
      {"1\u00a0234 a\u00a0b",
       "1\x1f"
       "234 a b"},
      {"2½ ⅔", "2 1/2  2/3"},
      {"1⁄2", "1/2"},
      {"m² x³", "m² x³"},
      {"1\u200b8\ufeff", "18"},
      {"minus 7, 9 minus x", "-7, 9 minus x"},
      {"\\frac{1}{2} \\dfrac12", " 1/2  1/2"},
      {"1{,}234\\,567",
       "1,234\x1f"
       "567"},
      {"\\text{kg} 10^{3} 18^\\circ 2\\times3 \\$5 5\\%", " {kg} 10^3 18° 2×3 $5 5%"},
      {"\xff\xc3(", "\xff\xc3("},  // not UTF-8
      {"\xe2\x88", "\xe2\x88"},    // cut off
  };
  for (const Case& c : cases) EXPECT_EQ(FoldText(c.text), c.folded) << c.text;
}

}  // namespace
}  // namespace pgts::task
