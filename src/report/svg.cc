// SPDX-License-Identifier: Apache-2.0
#include "report/svg.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace pgts::report {
namespace {

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string_view Name(Anchor anchor) {
  switch (anchor) {
    case Anchor::kStart: return "start";
    case Anchor::kMiddle: return "middle";
    case Anchor::kEnd: return "end";
  }
  return "";
}

// `corners` of a polygon around the origin, every second one at `inner` of the radius.
std::string Polygon(int corners, double inner, double turn) {
  constexpr double kRadius = 6, kPi = 3.14159265358979;
  std::string points;
  for (int i = 0; i < corners; ++i) {
    const double angle = 2 * kPi * (i + turn) / corners - kPi / 2;
    const double radius = i % 2 == 1 ? kRadius * inner : kRadius;
    points += fmt::format("{:.1f},{:.1f} ", radius * std::cos(angle), radius * std::sin(angle));
  }
  return points;
}

// Circle, square, triangle up, diamond, triangle down, star, pentagon, cross.
std::string Shape(int shape) {
  switch (shape) {
    case 1: return Polygon(4, 1, 0.5);
    case 2: return Polygon(3, 1, 0);
    case 3: return Polygon(4, 1, 0);
    case 4: return Polygon(3, 1, 0.5);
    case 5: return Polygon(10, 0.45, 0);
    case 6: return Polygon(5, 1, 0);
    case 7: return Polygon(8, 0.5, 1);
    default: return Polygon(24, 0.95, 0);
  }
}

std::string Attributes(const Stroke& stroke) {
  const std::string dashes =
      stroke.dashes.empty() ? "" : fmt::format(" stroke-dasharray=\"{}\"", stroke.dashes);
  return fmt::format("stroke=\"{}\" stroke-width=\"{}\"{}", stroke.colour, stroke.width, dashes);
}

}  // namespace

Svg::Svg(double width, double height)
    : body_(fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
                        "viewBox=\"0 0 {0} {1}\" font-family=\"Helvetica, Arial, sans-serif\">\n"
                        "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
                        width, height)) {}

void Svg::Line(Point from, Point to, const Stroke& stroke) {
  body_ += fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n",
                       from.x, from.y, to.x, to.y, Attributes(stroke));
}

void Svg::Path(std::span<const Point> points, const Stroke& stroke) {
  std::string text;
  for (const Point& point : points) text += fmt::format("{:.1f},{:.1f} ", point.x, point.y);
  body_ += fmt::format("<polyline points=\"{}\" fill=\"none\" {}/>\n", text, Attributes(stroke));
}

void Svg::Marker(int shape, Point at, std::string_view colour) {
  body_ += fmt::format(
      "<polygon points=\"{}\" transform=\"translate({:.1f},{:.1f})\" fill=\"{}\" "
      "stroke=\"#ffffff\" stroke-width=\"1\"/>\n",
      Shape(shape), at.x, at.y, colour);
}

void Svg::Text(Point at, std::string_view text, const TextStyle& style) {
  const std::string turned =
      style.upwards ? fmt::format(" transform=\"rotate(-90 {:.1f} {:.1f})\"", at.x, at.y) : "";
  body_ += fmt::format(
      "<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"{}\" text-anchor=\"{}\" fill=\"{}\"{}{}>{}"
      "</text>\n",
      at.x, at.y, style.size, Name(style.anchor), style.colour,
      style.bold ? " font-weight=\"bold\"" : "", turned, Escaped(text));
}

std::string Svg::Finish() { return std::move(body_) + "</svg>\n"; }

}  // namespace pgts::report
