// SPDX-License-Identifier: Apache-2.0
#include "report/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace pgts::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(SvgTest, IsOneWholeFile) {
  Svg svg(40, 30);
  svg.Line({1, 2}, {3, 4}, {.colour = "#ff0000", .width = 2, .dashes = "5 4"});
  const std::string text = svg.Finish();
  EXPECT_THAT(text, StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\""));
  EXPECT_TRUE(text.ends_with("</svg>\n"));
  EXPECT_THAT(text, HasSubstr("<line x1=\"1.0\" y1=\"2.0\" x2=\"3.0\" y2=\"4.0\" "
                              "stroke=\"#ff0000\" stroke-width=\"2\" stroke-dasharray=\"5 4\"/>"));
}

TEST(SvgTest, TextIsEscaped) {
  Svg svg(40, 30);
  svg.Text({0, 0}, "a<b & c>d", {});
  const std::string text = svg.Finish();
  EXPECT_THAT(text, HasSubstr(">a&lt;b &amp; c&gt;d</text>"));
  EXPECT_THAT(text, Not(HasSubstr("a<b")));
}

TEST(SvgTest, MarkersAreToldApartByShape) {
  std::set<std::string> pictures;
  for (int shape = 0; shape < kMarkers; ++shape) {
    Svg svg(40, 30);
    svg.Marker(shape, {20, 10}, "#000000");
    pictures.insert(svg.Finish());
  }
  EXPECT_EQ(pictures.size(), static_cast<size_t>(kMarkers));
}

}  // namespace
}  // namespace pgts::report
