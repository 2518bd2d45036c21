// SPDX-License-Identifier: Apache-2.0
#include "eval/budget_curve.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pgts::eval {
namespace {

constexpr int64_t kBootstrapSeed = 0;

// At x on the straight line through a and b.
double Between(double x, std::pair<double, double> a, std::pair<double, double> b) {
  if (a.first == b.first) return b.second;
  return a.second + (b.second - a.second) * (x - a.first) / (b.first - a.first);
}

bool IsBetter(const BudgetPoint& a, const BudgetPoint& b) {
  if (a.accuracy.estimate != b.accuracy.estimate) {
    return a.accuracy.estimate > b.accuracy.estimate;
  }
  return a.Mean(&ProblemRecord::tokens) < b.Mean(&ProblemRecord::tokens);
}

// Null where there is none but `except`.
const MethodCurve* Best(const BudgetComparison& comparison, size_t at, const MethodCurve* except) {
  const MethodCurve* best = nullptr;
  for (const MethodCurve& curve : comparison.curves) {
    if (&curve == except) continue;
    if (best == nullptr || IsBetter(curve.points[at], best->points[at])) best = &curve;
  }
  return best;
}

}  // namespace

BudgetPoint MakePoint(int64_t budget, const std::vector<MethodResult>& seeds) {
  MethodResult mean = seeds.front();
  for (size_t i = 0; i < mean.records.size(); ++i) {
    for (const auto& [name, field] : kRecordNumbers) {
      double sum = 0;
      for (const MethodResult& seed : seeds) sum += seed.records[i].*field;
      mean.records[i].*field = sum / static_cast<double>(seeds.size());
    }
  }
  const Interval accuracy = AccuracyInterval(mean, kBootstrapSeed);
  return {.budget = budget, .result = std::move(mean), .accuracy = accuracy};
}

const MethodCurve* BudgetComparison::Find(std::string_view method) const {
  const auto found = std::ranges::find(curves, method, &MethodCurve::method);
  return found == curves.end() ? nullptr : &*found;
}

const MethodCurve& Reference(const BudgetComparison& comparison) {
  const MethodCurve* pgts = comparison.Find("pgts");
  return pgts != nullptr ? *pgts : *Best(comparison, comparison.budgets.size() - 1, nullptr);
}

const MethodCurve* BestOther(const BudgetComparison& comparison, size_t at) {
  return Best(comparison, at, &Reference(comparison));
}

Interval Difference(const BudgetPoint& a, const BudgetPoint& b) {
  return PairedDifference(a.result, b.result, kBootstrapSeed);
}

std::optional<double> AccuracyAt(const MethodCurve& curve, double ProblemRecord::*cost,
                                 double value) {
  const double x = std::log(value);
  const BudgetPoint& last = curve.points.back();
  if (x >= std::log(last.Mean(cost))) return last.accuracy.estimate;
  for (size_t i = 1; i < curve.points.size(); ++i) {
    const BudgetPoint &a = curve.points[i - 1], &b = curve.points[i];
    const double low = std::log(a.Mean(cost)), high = std::log(b.Mean(cost));
    if (x < low || x > high) continue;
    return Between(x, {low, a.accuracy.estimate}, {high, b.accuracy.estimate});
  }
  return std::nullopt;
}

std::optional<double> CostOf(const MethodCurve& curve, double ProblemRecord::*cost,
                             double accuracy) {
  std::optional<std::pair<double, double>> before;  // accuracy, log cost
  for (const BudgetPoint& point : curve.points) {
    const std::pair now(point.accuracy.estimate, std::log(point.Mean(cost)));
    if (now.first >= accuracy) {
      return std::exp(before ? Between(accuracy, *before, now) : now.second);
    }
    before = now;
  }
  return std::nullopt;
}

std::vector<PassAtK> PassAt(const MethodResult& sampled, int chains) {
  std::vector<PassAtK> passes;
  for (int k = 1; k <= chains; k *= 2) {
    std::vector<double> shares;
    for (const ProblemRecord& record : sampled.records) {
      const int wrong = chains - static_cast<int>(std::lround(record.correct * chains));
      double none = 1;  // of k drawn without replacement, none is right
      for (int i = 0; i < k; ++i) none *= std::max(0, wrong - i) / static_cast<double>(chains - i);
      shares.push_back(1 - none);
    }
    passes.push_back({.k = k, .share = Mean(shares)});
  }
  return passes;
}

}  // namespace pgts::eval
