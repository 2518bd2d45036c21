// SPDX-License-Identifier: Apache-2.0
#include "eval/budget_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/table.h"

namespace pgts::eval {
namespace {

constexpr size_t kMostReaching = 4;  // methods named for each accuracy that is reached

// "82.7 ±4.3" of a share, in per cent; half the interval stands behind the sign.
std::string PlusMinus(const Interval& interval) {
  return fmt::format("{:.1f} ±{:.1f}", 100 * interval.estimate,
                     50 * (interval.high - interval.low));
}

std::vector<Column> Columns(const BudgetComparison& comparison) {
  std::vector<Column> columns = {{"method"}};
  for (const int64_t budget : comparison.budgets) {
    columns.push_back({fmt::format("<= {}: %", budget), Align::kRight});
    columns.push_back({"spent", Align::kRight});
  }
  columns.push_back({fmt::format("{} - it", Reference(comparison).method), Align::kRight});
  return columns;
}

std::vector<std::string> RowOf(const MethodCurve& curve, const MethodCurve& reference) {
  std::vector<std::string> cells = {curve.method};
  for (const BudgetPoint& point : curve.points) {
    cells.push_back(PlusMinus(point.accuracy));
    cells.push_back(fmt::format("{:.0f}", point.Mean(&ProblemRecord::tokens)));
  }
  if (&curve == &reference) return cells;
  const Interval difference = Difference(reference.points.back(), curve.points.back());
  cells.push_back((difference.estimate > 0 ? "+" : "") + PlusMinus(difference));
  return cells;
}

std::vector<std::string> BoundRow(const BudgetComparison& comparison) {
  std::vector<std::string> cells = {"(perfect choice of action)"};
  for (const double share : comparison.perfect_actions) {
    cells.push_back(fmt::format("{:.1f}", 100 * share));
    cells.emplace_back();
  }
  return cells;
}

std::vector<const MethodCurve*> BestFirst(const BudgetComparison& comparison) {
  std::vector<const MethodCurve*> curves;
  for (const MethodCurve& curve : comparison.curves) curves.push_back(&curve);
  std::ranges::stable_sort(curves, std::ranges::greater(), [](const MethodCurve* curve) {
    return curve->points.back().accuracy.estimate;
  });
  return curves;
}

std::string Legend(const BudgetComparison& comparison) {
  std::string text = fmt::format(
      "{} problems. <= N: %: answered right with at most N generated tokens a problem, ± half the "
      "95 % interval;\nspent: tokens, mean; last column: paired difference in points at {} "
      "tokens\n",
      comparison.problems(), comparison.budgets.back());
  if (!comparison.perfect_actions.empty()) {
    text +=
        "perfect choice of action: a bound for all that walk a problem's one sampled world, from "
        "every step grown there;\nnot for cot_greedy and pgts_vote*, which have worlds of their "
        "own\n";
  }
  return text;
}

std::string PassText(const BudgetComparison& comparison) {
  const MethodCurve* sampled = comparison.Find("cot_sampled");
  if (sampled == nullptr) return "";
  std::string text = "some of k sampled chains is right (pass@k):";
  for (const PassAtK& pass : PassAt(sampled->points.back().result, comparison.sampled_chains)) {
    text += fmt::format("  {}: {:.1f} %", pass.k, 100 * pass.share);
  }
  return text + "\n";
}

std::string ReachText(const BudgetComparison& comparison, double accuracy) {
  std::vector<std::pair<double, std::string>> reaching;  // tokens, method
  for (const MethodCurve& curve : comparison.curves) {
    const auto tokens = CostOf(curve, &ProblemRecord::tokens, accuracy);
    if (tokens) reaching.emplace_back(*tokens, curve.method);
  }
  if (reaching.empty()) return fmt::format("{:.0f} % right: reached by none\n", 100 * accuracy);
  std::ranges::sort(reaching);
  std::vector<std::string> parts;
  for (const auto& [tokens, method] : reaching) {
    if (parts.size() == kMostReaching) break;
    parts.push_back(fmt::format("{} with {:.0f} tokens", method, tokens));
  }
  if (reaching.size() > parts.size()) {
    parts.push_back(fmt::format("{} more", reaching.size() - parts.size()));
  }
  return fmt::format("{:.0f} % right: {}\n", 100 * accuracy, fmt::join(parts, ", "));
}

}  // namespace

std::string BudgetTable(const BudgetComparison& comparison, const std::vector<double>& reach) {
  Table table(Columns(comparison));
  for (const MethodCurve* curve : BestFirst(comparison)) {
    table.Row(RowOf(*curve, Reference(comparison)));
  }
  if (!comparison.perfect_actions.empty()) {
    table.Rule();
    table.Row(BoundRow(comparison));
  }
  std::string text = table.Text() + Legend(comparison) + PassText(comparison);
  for (const double accuracy : reach) text += ReachText(comparison, accuracy);
  return text;
}

}  // namespace pgts::eval
