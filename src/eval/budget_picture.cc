// SPDX-License-Identifier: Apache-2.0
#include "eval/budget_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "eval/svg.h"

namespace pgts::eval {
namespace {

constexpr double kWidth = 960, kHeight = 600;
constexpr double kLeft = 72, kRight = 720, kTop = 84, kBottom = 524;
constexpr double kLabelX = kRight + 30, kLabelGap = 19;
constexpr std::string_view kGrey = "#c8c8c8", kDarkGrey = "#666666";
constexpr std::array<std::string_view, kMarkers> kColours = {
    "#d55e00", "#0072b2", "#009e73", "#cc79a7", "#000000", "#b8860b", "#56b4e9", "#7f7f7f"};

// Tokens (log scale) and accuracy to pixels.
class Scale {
 public:
  explicit Scale(const BudgetComparison& comparison) {
    double lowest = 1, least = std::numeric_limits<double>::infinity(), most = 0;
    const auto include = [&](double tokens) {
      least = std::min(least, tokens);
      most = std::max(most, tokens);
    };
    for (const int64_t budget : comparison.budgets) include(static_cast<double>(budget));
    for (const MethodCurve& curve : comparison.curves) {
      for (const BudgetPoint& point : curve.points) {
        include(point.Mean(&ProblemRecord::tokens));
        lowest = std::min(lowest, point.accuracy.estimate);
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
    return kBottom - (kBottom - kTop) * (accuracy - bottom_) / (1 - bottom_);
  }
  bool ShowsTokens(double tokens) const {
    return std::log(tokens) >= low_ && std::log(tokens) <= high_;
  }
  double bottom() const { return bottom_; }

 private:
  double low_ = 0, high_ = 1, bottom_ = 0;
};

void DrawAxes(const Scale& scale, Svg& svg) {
  for (int percent = 0; percent <= 100; percent += 10) {
    const double y = scale.Y(percent / 100.0);
    if (percent / 100.0 < scale.bottom() - 1e-9) continue;
    svg.Line({kLeft, y}, {kRight, y}, {.colour = "#ececec"});
    svg.Text({kLeft - 8, y + 5}, fmt::format("{}", percent), {.anchor = Anchor::kEnd});
  }
  for (double decade = 1; decade < 1e9; decade *= 10) {
    for (const double tokens : {decade, 2 * decade, 5 * decade}) {
      if (!scale.ShowsTokens(tokens)) continue;
      const double x = scale.X(tokens);
      svg.Line({x, kBottom}, {x, kBottom + 6}, {.colour = kDarkGrey});
      svg.Text({x, kBottom + 22}, fmt::format("{:.0f}", tokens), {.anchor = Anchor::kMiddle});
    }
  }
  svg.Line({kLeft, kBottom}, {kRight, kBottom}, {.colour = kDarkGrey});
  svg.Text({(kLeft + kRight) / 2, kBottom + 48},
           "generated tokens spent a problem, mean (log scale)",
           {.size = 15, .anchor = Anchor::kMiddle});
  svg.Text({22, (kTop + kBottom) / 2}, "problems answered right, %",
           {.size = 15, .anchor = Anchor::kMiddle, .upwards = true});
}

std::vector<Point> PathOf(const MethodCurve& curve, const Scale& scale) {
  std::vector<Point> path;
  for (const BudgetPoint& point : curve.points) {
    path.push_back({scale.X(point.Mean(&ProblemRecord::tokens)), scale.Y(point.accuracy.estimate)});
  }
  return path;
}

void DrawCurve(const MethodCurve& curve, const Scale& scale, int style, Svg& svg) {
  const std::string_view colour = kColours[style];
  const std::vector<Point> path = PathOf(curve, scale);
  svg.Path(path, {.colour = colour, .width = style == 0 ? 3.5 : 2});
  for (size_t i = 0; i < path.size(); ++i) {
    const Interval& accuracy = curve.points[i].accuracy;
    svg.Line({path[i].x, scale.Y(std::max(accuracy.low, scale.bottom()))},
             {path[i].x, scale.Y(accuracy.high)}, {.colour = colour});
    svg.Marker(style, path[i], colour);
  }
}

// A name beside the right edge, and the end of the line that it belongs to.
struct Label {
  Point end;
  std::string text;
  std::string_view colour;
  int marker = -1;  // none
  double y = 0;
};

// In the order of their lines' ends, none above another.
void Spread(std::vector<Label>& labels) {
  std::ranges::stable_sort(labels, {}, [](const Label& label) { return label.end.y; });
  double free = kTop;
  for (Label& label : labels) {
    label.y = std::max(label.end.y, free);
    free = label.y + kLabelGap;
  }
  double most = kBottom;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    label->y = std::min(label->y, most);
    most = label->y - kLabelGap;
  }
}

void DrawLabels(std::vector<Label> labels, Svg& svg) {
  Spread(labels);
  for (const Label& label : labels) {
    const Point edge{kRight + 4, label.y};
    svg.Line({label.end.x + 8, label.end.y}, edge, {.colour = label.colour, .width = 0.6});
    if (label.marker >= 0) svg.Marker(label.marker, {kRight + 14, label.y}, label.colour);
    svg.Text({kLabelX, label.y + 5}, label.text,
             {.colour = label.colour, .bold = label.marker == 0});
  }
}

void DrawBound(const BudgetComparison& comparison, const Scale& scale, Svg& svg,
               std::vector<Label>& labels) {
  if (comparison.perfect_actions.empty()) return;
  std::vector<Point> path;
  for (size_t i = 0; i < comparison.perfect_actions.size(); ++i) {
    path.push_back({scale.X(static_cast<double>(comparison.budgets[i])),
                    scale.Y(comparison.perfect_actions[i])});
  }
  svg.Path(path, {.colour = kDarkGrey, .width = 1.5, .dashed = true});
  labels.push_back({.end = path.back(), .text = "bound: perfect choices", .colour = kDarkGrey});
}

std::string Title(const BudgetPoint& point) {
  return fmt::format("{} answers {:.0f} % right with {:.0f} tokens a problem", point.result.method,
                     100 * point.accuracy.estimate, point.Mean(&ProblemRecord::tokens));
}

// The most accurate point of another method that spends no more.
std::string Rival(const BudgetComparison& comparison, const BudgetPoint& reference) {
  const double tokens = reference.Mean(&ProblemRecord::tokens);
  const BudgetPoint* best = nullptr;
  for (const MethodCurve& curve : comparison.curves) {
    if (curve.method == reference.result.method) continue;
    for (const BudgetPoint& point : curve.points) {
      if (point.Mean(&ProblemRecord::tokens) > tokens) continue;
      const bool better = best == nullptr || point.accuracy.estimate > best->accuracy.estimate;
      if (better) best = &point;
    }
  }
  if (best == nullptr) return "no other method spends as few";
  return fmt::format("the best other method that spends no more, {}: {:.0f} % with {:.0f}",
                     best->result.method, 100 * best->accuracy.estimate,
                     best->Mean(&ProblemRecord::tokens));
}

}  // namespace

std::string BudgetPicture(const BudgetComparison& comparison,
                          const std::vector<std::string>& in_colour) {
  Svg svg(kWidth, kHeight);
  const Scale scale(comparison);
  const BudgetPoint& reference = Reference(comparison).points.back();
  svg.Text({kLeft, 32}, Title(reference), {.size = 20, .bold = true});
  svg.Text({kLeft, 56}, Rival(comparison, reference), {.size = 15});
  DrawAxes(scale, svg);
  std::vector<Label> labels;
  DrawBound(comparison, scale, svg, labels);
  int grey = 0;
  for (const MethodCurve& curve : comparison.curves) {
    if (std::ranges::find(in_colour, curve.method) != in_colour.end()) continue;
    svg.Path(PathOf(curve, scale), {.colour = kGrey});
    ++grey;
  }
  // The first on top.
  for (int style = static_cast<int>(in_colour.size()) - 1; style >= 0; --style) {
    const MethodCurve* curve = comparison.Find(in_colour[style]);
    if (curve == nullptr) continue;
    DrawCurve(*curve, scale, style, svg);
    labels.push_back({.end = PathOf(*curve, scale).back(),
                      .text = curve->method,
                      .colour = kColours[style],
                      .marker = style});
  }
  DrawLabels(std::move(labels), svg);
  svg.Text({kLeft, kHeight - 8},
           fmt::format("{} problems; bars: 95 % intervals; a point for each token budget{}",
                       comparison.problems(),
                       grey > 0 ? fmt::format("; grey: the other {} methods", grey) : ""),
           {.size = 12, .colour = kDarkGrey});
  return svg.Finish();
}

}  // namespace pgts::eval
