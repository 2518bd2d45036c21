// SPDX-License-Identifier: Apache-2.0
#include "eval/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace pgts::eval {
namespace {

// At x on the straight line through a and b.
double Between(double x, std::pair<double, double> a, std::pair<double, double> b) {
  if (a.first == b.first) return b.second;
  return a.second + (b.second - a.second) * (x - a.first) / (b.first - a.first);
}

bool IsBetter(const Point& a, const Point& b) {
  if (a.accuracy.estimate != b.accuracy.estimate) {
    return a.accuracy.estimate > b.accuracy.estimate;
  }
  return a.Mean(&ProblemRecord::tokens) < b.Mean(&ProblemRecord::tokens);
}

// Null where there is none but `except`.
const Point* Best(const Column& column, const Point* except) {
  const Point* best = nullptr;
  for (const Point& point : column.points) {
    if (&point == except) continue;
    if (best == nullptr || IsBetter(point, *best)) best = &point;
  }
  return best;
}

}  // namespace

std::string Column::Name() const {
  switch (choice) {
    case Choice::kPrice: return fmt::format("price_{}", at);
    case Choice::kTokens: return "pgts_tokens";
    case Choice::kCap: return fmt::format("{}", at);
  }
  return "";
}

const Point* Column::Find(std::string_view method) const {
  const auto found =
      std::ranges::find(points, method, [](const Point& p) { return p.result.method; });
  return found == points.end() ? nullptr : &*found;
}

std::vector<const Column*> Comparison::Of(Choice choice) const {
  std::vector<const Column*> chosen;
  for (const Column& column : columns) {
    if (column.choice == choice) chosen.push_back(&column);
  }
  return chosen;
}

std::vector<const Column*> Comparison::Curves() const {
  for (const Choice choice : {Choice::kPrice, Choice::kCap}) {
    std::vector<const Column*> curves = Of(choice);
    if (!curves.empty()) return curves;
  }
  return Of(Choice::kTokens);
}

Interval Comparison::Difference(const Point& a, const Point& b) const {
  return PairedDifference(a.result, b.result, seed);
}

std::vector<Curve> CurvesOf(const std::vector<const Column*>& columns) {
  std::vector<Curve> curves(columns.front()->points.size());
  for (const Column* column : columns) {
    for (size_t i = 0; i < curves.size(); ++i) curves[i].push_back(&column->points[i]);
  }
  return curves;
}

const Curve* Find(const std::vector<Curve>& curves, std::string_view method) {
  const auto found = std::ranges::find(
      curves, method, [](const Curve& curve) { return curve.front()->result.method; });
  return found == curves.end() ? nullptr : &*found;
}

const Point& Reference(const Column& column) {
  const Point* pgts = column.Find("pgts");
  return pgts != nullptr ? *pgts : *Best(column, nullptr);
}

const Point* BestOther(const Column& column) { return Best(column, &Reference(column)); }

std::optional<double> CostOf(const Curve& curve, double accuracy) {
  std::optional<std::pair<double, double>> before;  // accuracy, log tokens
  for (const Point* point : curve) {
    const std::pair now(point->accuracy.estimate, std::log(point->Mean(&ProblemRecord::tokens)));
    if (now.first >= accuracy) {
      return std::exp(before ? Between(accuracy, *before, now) : now.second);
    }
    before = now;
  }
  return std::nullopt;
}

}  // namespace pgts::eval
