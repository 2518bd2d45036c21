// SPDX-License-Identifier: Apache-2.0
// A small picture as SVG 1.1 text: what a plot of lines needs, and nothing else. Coordinates are in
// pixels from the upper left. Text is escaped.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pgts::report {

struct Point {
  double x = 0;
  double y = 0;
};

enum class Anchor { kStart, kMiddle, kEnd };

struct Stroke {
  std::string_view colour = "#000000";
  double width = 1;
  std::string_view dashes = "";  // lengths of strokes and gaps; empty: solid
};

struct TextStyle {
  double size = 14;
  Anchor anchor = Anchor::kStart;
  std::string_view colour = "#222222";
  bool bold = false;
  bool upwards = false;  // reads from below
};

// Shapes that are told apart without colour.
inline constexpr int kMarkers = 8;

class Svg {
 public:
  Svg(double width, double height);
  void Line(Point from, Point to, const Stroke& stroke);
  void Path(std::span<const Point> points, const Stroke& stroke);
  void Marker(int shape, Point at, std::string_view colour);  // 0 <= shape < kMarkers
  void Text(Point at, std::string_view text, const TextStyle& style);
  std::string Finish();  // the whole file; once

 private:
  std::string body_;
};

}  // namespace pgts::report
