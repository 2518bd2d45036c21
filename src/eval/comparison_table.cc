// SPDX-License-Identifier: Apache-2.0
#include "eval/comparison_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "base/table.h"
#include "eval/comparison_files.h"

namespace pgts::eval {
namespace {

constexpr size_t kMostReaching = 4;  // methods named for each accuracy that is reached

// What no problem was there to measure is NaN (base/stats.h).
constexpr const char* kNothing = "–";

std::string Decimals(double value, int digits) {
  return std::isnan(value) ? kNothing : fmt::format("{:.{}f}", value, digits);
}

std::string Percent(double share) { return Decimals(100 * share, 1); }

// "82.7 ±4.3" of a share, in per cent; half the interval stands behind the sign.
std::string PlusMinus(const Interval& interval) {
  if (std::isnan(interval.estimate)) return kNothing;
  return fmt::format("{:.1f} ±{:.1f}", 100 * interval.estimate,
                     50 * (interval.high - interval.low));
}

// One column, in full; settings stand below it, since a mixture of two takes more room than a
// table.
std::string DetailTable(const Column& column) {
  Table table({{"method"},
               {"accuracy %", Align::kRight},
               {"95 %", Align::kRight},
               {"tokens", Align::kRight},
               {"computed", Align::kRight},
               {"answered %", Align::kRight},
               {"nodes", Align::kRight},
               {"depth", Align::kRight},
               {"actions", Align::kRight},
               {"GFLOP", Align::kRight},
               {"ms", Align::kRight}});
  for (const Point& point : column.points) {
    const Interval& accuracy = point.accuracy;
    const std::string interval =
        std::isnan(accuracy.estimate)
            ? kNothing
            : fmt::format("{:.1f} to {:.1f}", 100 * accuracy.low, 100 * accuracy.high);
    table.Row({point.result.method, Percent(accuracy.estimate), interval,
               Decimals(point.Mean(&ProblemRecord::tokens), 1),
               Decimals(point.Mean(&ProblemRecord::computed_tokens), 1),
               Percent(point.Mean(&ProblemRecord::answered)),
               Decimals(point.Mean(&ProblemRecord::nodes), 1),
               Decimals(point.Mean(&ProblemRecord::depth), 1),
               Decimals(point.Mean(&ProblemRecord::actions), 1),
               Decimals(1e-9 * point.Mean(&ProblemRecord::flops), 2),
               Decimals(1e3 * point.Mean(&ProblemRecord::seconds), 1)});
  }
  std::string text = table.Text();
  for (const Point& point : column.points) {
    if (point.result.setting.empty()) continue;
    text += fmt::format("{}: {}\n", point.result.method, point.result.setting);
  }
  return text;
}

std::string PairsText(const Comparison& comparison, const Column& column) {
  std::string text;
  for (const auto& [a, b] : SummaryPairs(column)) {
    const Interval d = comparison.Difference(*a, *b);
    if (std::isnan(d.estimate)) continue;
    const char* verdict = d.low > 0 ? "better" : d.high < 0 ? "worse" : "no clear difference";
    text += fmt::format("{} - {}: {:+.1f} points, 95 % {:+.1f} to {:+.1f} ({})\n", a->result.method,
                        b->result.method, 100 * d.estimate, 100 * d.low, 100 * d.high, verdict);
  }
  return text;
}

std::vector<Curve> BestFirst(const std::vector<const Column*>& columns) {
  std::vector<Curve> curves = CurvesOf(columns);
  std::ranges::stable_sort(curves, std::ranges::greater(),
                           [](const Curve& curve) { return curve.back()->accuracy.estimate; });
  return curves;
}

// Several columns side by side, each with accuracy and tokens.
std::string CurvesTable(const Comparison& comparison, const std::vector<const Column*>& columns) {
  const Point& reference = Reference(*columns.back());
  const bool caps = columns.front()->choice == Choice::kCap;
  std::vector<pgts::Column> heads = {{"method"}};
  for (const Column* column : columns) {
    heads.push_back({fmt::format("{}{}: %", caps ? "<= " : "price ", column->at), Align::kRight});
    heads.push_back({"spent", Align::kRight});
  }
  heads.push_back({fmt::format("{} - it", reference.result.method), Align::kRight});
  Table table(std::move(heads));
  for (const Curve& curve : BestFirst(columns)) {
    std::vector<std::string> cells = {curve.front()->result.method};
    for (const Point* point : curve) {
      cells.push_back(PlusMinus(point->accuracy));
      cells.push_back(Decimals(point->Mean(&ProblemRecord::tokens), 0));
    }
    if (curve.back() != &reference) {
      const Interval difference = comparison.Difference(reference, *curve.back());
      cells.push_back((difference.estimate > 0 ? "+" : "") + PlusMinus(difference));
    }
    table.Row(std::move(cells));
  }
  if (caps && !comparison.perfect_actions.empty()) {
    table.Rule();
    std::vector<std::string> cells = {"(perfect choice of action)"};
    for (const double share : comparison.perfect_actions) {
      cells.push_back(Percent(share));
      cells.emplace_back();
    }
    table.Row(std::move(cells));
  }
  return table.Text();
}

std::string Heading(const Column& column) {
  switch (column.choice) {
    case Choice::kPrice:
      return "each setting the best on validation problems at a price of a token, in points of "
             "accuracy as a share\n";
    case Choice::kTokens:
      return fmt::format("at equal tokens: {:.1f} a problem on validation problems\n", column.at);
    case Choice::kCap:
      return "<= N: at most N generated tokens for each problem, each setting the best on "
             "validation problems\n";
  }
  return "";
}

std::string Legend(const Comparison& comparison) {
  std::string text = fmt::format("{} problems; tokens, nodes, GFLOP and ms are means per problem",
                                 comparison.problems());
  if (comparison.columns.size() > 1) {
    text +=
        "; ± half the 95 % interval;\nlast column: paired difference in points in the column "
        "before it";
  }
  if (comparison.not_recorded > 0) {
    text += fmt::format("; {} problems left out: not recorded for every method",
                        comparison.not_recorded);
  }
  text += "\n";
  if (!comparison.perfect_actions.empty()) {
    text +=
        "perfect choice of action: a bound for whoever walks a problem's worlds of chains or of "
        "trees, from every step grown there;\nnot for pgts_vote*, nor for cot_greedy where "
        "world.first is sampled: they have worlds of their own\n";
  }
  return text;
}

std::string PassText(const Comparison& comparison) {
  const Point* sampled = comparison.columns.back().Find("cot_sampled");
  if (sampled == nullptr || sampled->result.records.empty()) return "";
  std::string text = "some of k sampled chains is right (pass@k):";
  for (const PassAtK& pass : PassAt(sampled->result, comparison.sampled_chains)) {
    text += fmt::format("  {}: {:.1f} %", pass.k, 100 * pass.share);
  }
  return text + "\n";
}

std::string ChainOutcomesText(const Comparison& comparison) {
  if (!comparison.chain_outcomes) return "";
  const ChainOutcomes& chains = *comparison.chain_outcomes;
  const std::string within =
      std::isnan(chains.within_problem)
          ? ""
          : fmt::format("; between chains of one problem {:.3f}", chains.within_problem);
  return fmt::format(
      "the reward model on the chains of best_of_n_weighted: outcome AUC {:.3f}, 95 % {:.3f} to "
      "{:.3f}, of {} answers, {} right{}\n",
      chains.auc.estimate, chains.auc.low, chains.auc.high, chains.answers, chains.right, within);
}

std::string ReachText(const std::vector<Curve>& curves, double accuracy) {
  std::vector<std::pair<double, std::string>> reaching;  // tokens, method
  for (const Curve& curve : curves) {
    const auto tokens = CostOf(curve, accuracy);
    if (tokens) reaching.emplace_back(*tokens, curve.front()->result.method);
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

std::string ComparisonTable(const Comparison& comparison, const std::vector<double>& reach) {
  std::string text;
  for (const Choice choice : {Choice::kPrice, Choice::kTokens, Choice::kCap}) {
    const std::vector<const Column*> columns = comparison.Of(choice);
    if (columns.empty()) continue;
    if (comparison.columns.size() > 1) text += Heading(*columns.front());
    if (columns.size() == 1) {
      text += DetailTable(*columns.front()) + PairsText(comparison, *columns.front());
    } else {
      text += CurvesTable(comparison, columns);
    }
    if (comparison.columns.size() > 1) text += "\n";
  }
  text += Legend(comparison) + PassText(comparison) + ChainOutcomesText(comparison);
  const std::vector<Curve> curves = CurvesOf(comparison.Curves());
  for (const double accuracy : reach) text += ReachText(curves, accuracy);
  return text;
}

}  // namespace pgts::eval
