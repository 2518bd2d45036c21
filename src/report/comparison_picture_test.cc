// SPDX-License-Identifier: Apache-2.0
#include "report/comparison_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

#include "eval/comparison_fixture.h"

namespace pgts::report {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

int Count(const std::string& text, std::string_view part) {
  int count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

TEST(ComparisonPictureTest, TheTitleSaysTheResultAndItsBestRival) {
  const std::string picture = ComparisonPicture(eval::TwoCaps(), {"pgts"});
  EXPECT_THAT(picture, HasSubstr(">pgts: 100 % right with 160 tokens<"));
  // beam's 75 % cost 200 tokens: more than PGTS's.
  EXPECT_THAT(picture, HasSubstr(">best of the others for no more: cot_sampled, 50 % with 45<"));
}

TEST(ComparisonPictureTest, AMethodInColourHasAPathMarkersBarsAndALegend) {
  const std::string picture = ComparisonPicture(eval::TwoCaps(), {"pgts", "beam", "mcts"});
  EXPECT_EQ(Count(picture, "<polygon"), 2 * (2 + 1));  // at each point, and in the legend
  EXPECT_EQ(Count(picture, "<polyline"), 3 + 1);       // cot_sampled in grey; the bound
  EXPECT_THAT(picture,
              AllOf(HasSubstr(">pgts<"), HasSubstr(">100 % with 160<"), HasSubstr(">beam<"),
                    HasSubstr(">75 % with 200<"), Not(HasSubstr(">cot_sampled<")),
                    HasSubstr(">other methods (1)<"), HasSubstr(">4 problems;")));
  EXPECT_LT(picture.find(">pgts<"), picture.find(">beam<"));  // best first
}

TEST(ComparisonPictureTest, PointsStandWhereAxesSay) {
  const std::string picture = ComparisonPicture(eval::TwoCaps(), {"pgts"});
  // From 40 / 1.1 to 200 * 1.1 tokens on a log scale: 160 lies at 0.823 of 64..624; 100 % at the
  // top.
  EXPECT_THAT(picture, HasSubstr("translate(524.9,88.0)"));
}

TEST(ComparisonPictureTest, WithoutABoundThereIsNone) {
  eval::Comparison comparison = eval::TwoCaps();
  comparison.perfect_actions.clear();
  EXPECT_THAT(ComparisonPicture(comparison, {"pgts"}), Not(HasSubstr("bound")));
}

// PGTS: 50 % with 20 tokens at the dearer price, 75 % with 80 where they are free.
TEST(ComparisonPictureTest, PricesAreDrawnWhereThereAreAny) {
  const std::string picture = ComparisonPicture(eval::PricesAndCaps(), {"pgts"});
  EXPECT_THAT(picture, AllOf(HasSubstr(">pgts: 75 % right with 80 tokens<"),
                             HasSubstr("a point for each price of a token")));
}

}  // namespace
}  // namespace pgts::report
