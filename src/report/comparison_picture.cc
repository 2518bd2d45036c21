// SPDX-License-Identifier: Apache-2.0
#include "report/comparison_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "report/svg.h"

namespace pgts::report {
namespace {

constexpr double kWidth = 640;
constexpr double kLeft = 64, kRight = 624, kTop = 88, kBottom = 440;
constexpr double kLegendTop = 524, kLegendRow = 27;
constexpr double kSample = 44;  // length of a legend's line
constexpr std::string_view kGrey = "#c8c8c8", kDarkGrey = "#5f5f5f";
constexpr std::string_view kBoundDashes = "2 4";

struct Style {
  std::string_view colour;
  std::string_view dashes;
};
constexpr std::array<Style, kMarkers> kStyles = {{{"#d55e00", ""},
                                                  {"#0072b2", ""},
                                                  {"#009e73", "10 4"},
                                                  {"#cc79a7", "4 4"},
                                                  {"#000000", "10 4 2 4"},
                                                  {"#a6761d", ""},
                                                  {"#56b4e9", "10 4"},
                                                  {"#6a3d9a", "4 4"}}};

// What is drawn: every method's curve, and the tokens that the axis names.
struct Drawing {
  const eval::Comparison& comparison;
  std::vector<const eval::Column*> columns = comparison.Curves();
  std::vector<eval::Curve> curves = eval::CurvesOf(columns);
  std::vector<const eval::Column*> caps = comparison.Of(eval::Choice::kCap);

  const eval::Curve* Find(std::string_view method) const { return eval::Find(curves, method); }
};

double Tokens(const eval::Point& point) { return point.Mean(&eval::ProblemRecord::tokens); }

// Tokens (log scale) and accuracy to pixels.
class Scale {
 public:
  explicit Scale(const Drawing& drawing) {
    double lowest = 1, least = std::numeric_limits<double>::infinity(), most = 0;
    const auto include = [&](double tokens) {
      least = std::min(least, tokens);
      most = std::max(most, tokens);
    };
    for (const eval::Column* cap : drawing.caps) include(cap->at);
    for (const eval::Curve& curve : drawing.curves) {
      for (const eval::Point* point : curve) {
        include(Tokens(*point));
        lowest = std::min(lowest, point->accuracy.estimate);
      }
    }
    low_ = std::log(least / 1.1);
    high_ = std::log(most * 1.1);
    bottom_ = std::max(0.0, std::floor(10 * lowest - 0.5) / 10);
  }

  double X(double tokens) const {
    return kLeft + (kRight - kLeft) * (std::log(tokens) - low_) / (high_ - low_);
  }
  double Y(double accuracy) const {
    return kBottom - (kBottom - kTop) * (std::max(accuracy, bottom_) - bottom_) / (1 - bottom_);
  }
  double bottom() const { return bottom_; }

 private:
  double low_ = 0, high_ = 1, bottom_ = 0;
};

void DrawAxes(const Drawing& drawing, const Scale& scale, Svg& svg) {
  for (int percent = 0; percent <= 100; percent += 10) {
    if (percent / 100.0 < scale.bottom() - 1e-9) continue;
    const double y = scale.Y(percent / 100.0);
    svg.Line({kLeft, y}, {kRight, y}, {.colour = "#ececec"});
    if (percent % 20 != 0) continue;
    svg.Text({kLeft - 8, y + 6}, fmt::format("{}", percent), {.size = 17, .anchor = Anchor::kEnd});
  }
  for (const eval::Column* cap : drawing.caps) {
    const double x = scale.X(cap->at);
    svg.Line({x, kTop}, {x, kBottom + 6}, {.colour = "#dcdcdc"});
    svg.Text({x, kBottom + 24}, fmt::format("{}", cap->at),
             {.size = 17, .anchor = Anchor::kMiddle});
  }
  svg.Line({kLeft, kBottom}, {kRight, kBottom}, {.colour = kDarkGrey});
  svg.Text({(kLeft + kRight) / 2, kBottom + 50}, "generated tokens spent a problem (log scale)",
           {.size = 17, .anchor = Anchor::kMiddle});
  svg.Text({20, (kTop + kBottom) / 2}, "problems answered right, %",
           {.size = 17, .anchor = Anchor::kMiddle, .upwards = true});
}

std::vector<Point> PathOf(const eval::Curve& curve, const Scale& scale) {
  std::vector<Point> path;
  for (const eval::Point* point : curve) {
    path.push_back({scale.X(Tokens(*point)), scale.Y(point->accuracy.estimate)});
  }
  return path;
}

Stroke StrokeOf(int style) {
  return {.colour = kStyles[style].colour,
          .width = style == 0 ? 4.0 : 2.2,
          .dashes = kStyles[style].dashes};
}

void DrawCurve(const eval::Curve& curve, const Scale& scale, int style, Svg& svg) {
  const std::string_view colour = kStyles[style].colour;
  const std::vector<Point> path = PathOf(curve, scale);
  svg.Path(path, StrokeOf(style));
  for (size_t i = 0; i < path.size(); ++i) {
    const Interval& accuracy = curve[i]->accuracy;
    svg.Line({path[i].x, scale.Y(accuracy.low)}, {path[i].x, scale.Y(accuracy.high)},
             {.colour = colour});
    svg.Marker(style, path[i], colour);
  }
}

void DrawBound(const Drawing& drawing, const Scale& scale, Svg& svg) {
  const std::vector<double>& shares = drawing.comparison.perfect_actions;
  std::vector<Point> path;
  for (size_t i = 0; i < shares.size(); ++i) {
    path.push_back({scale.X(drawing.caps[i]->at), scale.Y(shares[i])});
  }
  svg.Path(path, {.colour = kDarkGrey, .width = 2, .dashes = kBoundDashes});
}

struct LegendRow {
  std::string name;
  std::string reached;
  Stroke stroke;
  int style = -1;  // with its marker; -1: none
};

std::string Reached(const eval::Point& point) {
  return fmt::format("{:.0f} % with {:.0f}", 100 * point.accuracy.estimate, Tokens(point));
}

void DrawLegend(const std::vector<LegendRow>& rows, Svg& svg) {
  double y = kLegendTop;
  for (const LegendRow& row : rows) {
    svg.Line({kLeft, y - 6}, {kLeft + kSample, y - 6}, row.stroke);
    if (row.style >= 0) svg.Marker(row.style, {kLeft + kSample / 2, y - 6}, row.stroke.colour);
    const bool first = row.style == 0;
    svg.Text({kLeft + kSample + 12, y}, row.name, {.size = 17, .bold = first});
    svg.Text({kRight, y}, row.reached, {.size = 17, .anchor = Anchor::kEnd, .bold = first});
    y += kLegendRow;
  }
}

// The methods in colour, best first, then the bound and the grey ones.
std::vector<LegendRow> Legend(const Drawing& drawing, const std::vector<std::string>& in_colour) {
  std::vector<std::pair<double, LegendRow>> methods;  // accuracy
  for (size_t i = 0; i < in_colour.size(); ++i) {
    const eval::Curve* curve = drawing.Find(in_colour[i]);
    if (curve == nullptr) continue;
    const int style = static_cast<int>(i);
    const eval::Point& last = *curve->back();
    methods.push_back(
        {last.accuracy.estimate, {last.result.method, Reached(last), StrokeOf(style), style}});
  }
  const size_t others = drawing.curves.size() - methods.size();
  std::ranges::stable_sort(methods, std::ranges::greater(), &decltype(methods)::value_type::first);
  std::vector<LegendRow> rows;
  for (auto& [accuracy, row] : methods) rows.push_back(std::move(row));
  if (!drawing.comparison.perfect_actions.empty()) {
    rows.push_back({"bound: perfect choice of action",
                    fmt::format("{:.0f} %", 100 * drawing.comparison.perfect_actions.back()),
                    {.colour = kDarkGrey, .width = 2, .dashes = kBoundDashes}});
  }
  if (others > 0)
    rows.push_back({fmt::format("other methods ({})", others), "", {.colour = kGrey}});
  return rows;
}

std::string Title(const eval::Point& point) {
  return fmt::format("{}: {:.0f} % right with {:.0f} tokens", point.result.method,
                     100 * point.accuracy.estimate, Tokens(point));
}

// The most accurate point of another method that spends no more.
std::string Rival(const Drawing& drawing, const eval::Point& reference) {
  const eval::Point* best = nullptr;
  for (const eval::Curve& curve : drawing.curves) {
    if (curve.front()->result.method == reference.result.method) continue;
    for (const eval::Point* point : curve) {
      if (Tokens(*point) > Tokens(reference)) continue;
      const bool better = best == nullptr || point->accuracy.estimate > best->accuracy.estimate;
      if (better) best = point;
    }
  }
  if (best == nullptr) return "no other method spends as few";
  return fmt::format("best of the others for no more: {}, {}", best->result.method, Reached(*best));
}

// What the points are, in two lines.
std::pair<std::string, std::string> Notes(const Drawing& drawing) {
  const std::string bars =
      fmt::format("{} problems; bars: 95 % intervals; ", drawing.comparison.problems());
  if (drawing.columns.front()->choice == eval::Choice::kPrice) {
    return {bars + "a point for each price of a token,",
            "from dear to free; right: accuracy and tokens where tokens are free"};
  }
  return {bars + "a point for each of the token budgets",
          "that stand below the axis; right: accuracy and tokens at the largest budget"};
}

}  // namespace

std::string ComparisonPicture(const eval::Comparison& comparison,
                              const std::vector<std::string>& in_colour) {
  const Drawing drawing{comparison};
  const std::vector<LegendRow> legend = Legend(drawing, in_colour);
  const double notes = kLegendTop + kLegendRow * static_cast<double>(legend.size()) + 6;
  Svg svg(kWidth, notes + 34);
  const Scale scale(drawing);
  const eval::Point& reference = eval::Reference(*drawing.columns.back());
  svg.Text({16, 32}, Title(reference), {.size = 24, .bold = true});
  svg.Text({16, 60}, Rival(drawing, reference), {.size = 17});
  DrawAxes(drawing, scale, svg);
  DrawBound(drawing, scale, svg);
  for (const eval::Curve& curve : drawing.curves) {
    if (std::ranges::find(in_colour, curve.front()->result.method) != in_colour.end()) continue;
    svg.Path(PathOf(curve, scale), {.colour = kGrey});
  }
  // The first on top.
  for (int style = static_cast<int>(in_colour.size()) - 1; style >= 0; --style) {
    const eval::Curve* curve = drawing.Find(in_colour[style]);
    if (curve != nullptr) DrawCurve(*curve, scale, style, svg);
  }
  DrawLegend(legend, svg);
  const auto [points, numbers] = Notes(drawing);
  svg.Text({16, notes}, points, {.size = 15, .colour = kDarkGrey});
  svg.Text({16, notes + 20}, numbers, {.size = 15, .colour = kDarkGrey});
  return svg.Finish();
}

}  // namespace pgts::report
