// SPDX-License-Identifier: Apache-2.0
#include "eval/budget_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/files.h"
#include "base/table.h"

namespace pgts::eval {
namespace {

Json IntervalJson(const Interval& interval) { return Json::array({interval.low, interval.high}); }

Json OrNull(std::optional<double> value) { return value ? Json(*value) : Json(nullptr); }

// "82.7 ±4.3" of a share, in per cent; half the interval stands behind the sign.
std::string PlusMinus(const Interval& interval, bool sign = false) {
  const double half = 50 * (interval.high - interval.low);
  return sign ? fmt::format("{:+.1f} ±{:.1f}", 100 * interval.estimate, half)
              : fmt::format("{:.1f} ±{:.1f}", 100 * interval.estimate, half);
}

// As many budgets of FLOPs as of tokens, evenly on a log scale from the cheapest point to the
// dearest.
std::vector<double> FlopBudgets(const BudgetComparison& comparison) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const MethodCurve& curve : comparison.curves) {
    for (const BudgetPoint& point : curve.points) {
      const double flops = MeanOf(point, &ProblemRecord::flops);
      low = std::min(low, flops);
      high = std::max(high, flops);
    }
  }
  std::vector<double> budgets;
  const size_t n = comparison.budgets.size();
  for (size_t i = 1; i <= n; ++i) {
    budgets.push_back(low * std::pow(high / low, static_cast<double>(i) / static_cast<double>(n)));
  }
  return budgets;
}

Json PointJson(const BudgetPoint& point, int64_t seed) {
  const Interval accuracy = AccuracyInterval(point.result, seed);
  return {{"budget", point.budget},
          {"tokens_per_problem", MeanOf(point, &ProblemRecord::tokens)},
          {"accuracy", accuracy.estimate},
          {"ci95", IntervalJson(accuracy)}};
}

Json DetailJson(const BudgetPoint& point) {
  return {{"budget", point.budget},
          {"setting", point.result.setting},
          {"perfect_reward_model", MeanOf(point, &ProblemRecord::oracle)},
          {"answered", MeanOf(point, &ProblemRecord::answered)},
          {"computed_tokens_per_problem", MeanOf(point, &ProblemRecord::computed_tokens)},
          {"nodes_per_problem", MeanOf(point, &ProblemRecord::nodes)},
          {"flops_per_problem", MeanOf(point, &ProblemRecord::flops)},
          {"seconds_per_problem", MeanOf(point, &ProblemRecord::seconds)}};
}

Json CurveJson(const MethodCurve& curve, const BudgetReport& report,
               const std::vector<double>& flop_budgets) {
  Json points = Json::array(), at_flops = Json::array(), to_reach = Json::array();
  for (const BudgetPoint& point : curve.points) points.push_back(DetailJson(point));
  for (const double flops : flop_budgets) {
    at_flops.push_back(
        {{"flops", flops}, {"accuracy", OrNull(AccuracyAt(curve, &ProblemRecord::flops, flops))}});
  }
  for (const double accuracy : report.reach) {
    to_reach.push_back({{"accuracy", accuracy},
                        {"tokens", OrNull(CostOf(curve, &ProblemRecord::tokens, accuracy))}});
  }
  return {{"budgets", points}, {"at_flops", at_flops}, {"to_reach", to_reach}};
}

const BudgetPoint* LastSampled(const BudgetComparison& comparison) {
  const MethodCurve* sampled = comparison.Find("cot_sampled");
  return sampled == nullptr ? nullptr : &sampled->points.back();
}

Json BoundsJson(const BudgetComparison& comparison, const BudgetReport& report) {
  Json perfect = Json::array(), passes = Json::array();
  for (size_t i = 0; i < comparison.perfect_actions.size(); ++i) {
    perfect.push_back(
        {{"budget", comparison.budgets[i]}, {"share", comparison.perfect_actions[i]}});
  }
  if (const BudgetPoint* sampled = LastSampled(comparison)) {
    for (const PassAtK& pass : PassAt(sampled->result, report.chains)) {
      passes.push_back({{"k", pass.k}, {"share", pass.share}});
    }
  }
  return {{"perfect_actions", perfect}, {"pass_at_k", passes}};
}

Json ResultJson(const BudgetPoint& point, int64_t seed) {
  std::vector<double> flexible;
  for (const ProblemRecord& record : point.result.records) {
    flexible.push_back(record.flexible_correct);
  }
  const auto standard_error = [](const std::vector<double>& values) {
    return StandardDeviation(values) / std::sqrt(static_cast<double>(values.size()));
  };
  const std::vector<double> strict = point.result.Correct();
  return {{"alias", fmt::format("{} at {} tokens", point.result.method, point.budget)},
          {"exact_match,strict-match", Mean(strict)},
          {"exact_match_stderr,strict-match", standard_error(strict)},
          {"exact_match,flexible-extract", Mean(flexible)},
          {"exact_match_stderr,flexible-extract", standard_error(flexible)},
          {"generated_tokens,none", MeanOf(point, &ProblemRecord::tokens)}};
}

std::string SampleLines(const MethodResult& result) {
  std::string lines;
  for (const ProblemRecord& record : result.records) {
    Json line = {{"doc_id", record.problem},
                 {"target", record.gold},
                 {"resps", Json::array({Json::array({record.text})})},
                 {"filtered_resps", Json::array({record.answer})},
                 {"filter", "strict-match"},
                 {"exact_match", record.correct},
                 {"generated_tokens", record.tokens}};
    lines += JsonText(line) + "\n";
    line["filtered_resps"] = Json::array({record.flexible_answer});
    line["filter"] = "flexible-extract";
    line["exact_match"] = record.flexible_correct;
    lines += JsonText(line) + "\n";
  }
  return lines;
}

std::vector<Column> Columns(const BudgetComparison& comparison) {
  std::vector<Column> columns = {{"method"}};
  for (const int64_t budget : comparison.budgets) {
    columns.push_back({fmt::format("<= {}: %", budget), Align::kRight});
    columns.push_back({"tokens", Align::kRight});
  }
  columns.push_back({fmt::format("{} - it", Reference(comparison).method), Align::kRight});
  return columns;
}

std::vector<std::string> RowOf(const MethodCurve& curve, const BudgetComparison& comparison) {
  std::vector<std::string> cells = {curve.method};
  for (const BudgetPoint& point : curve.points) {
    cells.push_back(PlusMinus(AccuracyInterval(point.result, comparison.bootstrap_seed)));
    cells.push_back(fmt::format("{:.0f}", MeanOf(point, &ProblemRecord::tokens)));
  }
  const MethodCurve& reference = Reference(comparison);
  if (&curve == &reference) return cells;
  cells.push_back(PlusMinus(PairedDifference(reference.points.back().result,
                                             curve.points.back().result, comparison.bootstrap_seed),
                            /*sign=*/true));
  return cells;
}

std::string BoundsText(const BudgetComparison& comparison, const BudgetReport& report) {
  std::string text;
  if (const BudgetPoint* sampled = LastSampled(comparison)) {
    text += "some of k sampled chains is right (pass@k):";
    for (const PassAtK& pass : PassAt(sampled->result, report.chains)) {
      text += fmt::format("  {}: {:.1f} %", pass.k, 100 * pass.share);
    }
    text += "\n";
  }
  for (const double accuracy : report.reach) {
    std::vector<std::pair<double, std::string>> reached;
    for (const MethodCurve& curve : comparison.curves) {
      const auto tokens = CostOf(curve, &ProblemRecord::tokens, accuracy);
      if (tokens) reached.emplace_back(*tokens, curve.method);
    }
    std::ranges::sort(reached);
    text += fmt::format("{:.0f} % is reached by{}", 100 * accuracy, reached.empty() ? " none" : "");
    for (size_t i = 0; i < std::min<size_t>(reached.size(), 4); ++i) {
      text += fmt::format("{} {} with {:.0f} tokens", i > 0 ? "," : "", reached[i].second,
                          reached[i].first);
    }
    if (reached.size() > 4) text += fmt::format(", and {} more", reached.size() - 4);
    text += "\n";
  }
  return text;
}

}  // namespace

const MethodCurve& Reference(const BudgetComparison& comparison) {
  const MethodCurve* pgts = comparison.Find("pgts");
  return pgts != nullptr ? *pgts : comparison.curves.front();
}

Json ComparisonJson(const BudgetComparison& comparison) {
  Json methods = Json::object(), paired = Json::array();
  const MethodCurve& reference = Reference(comparison);
  for (const MethodCurve& curve : comparison.curves) {
    Json points = Json::array();
    for (const BudgetPoint& point : curve.points) {
      points.push_back(PointJson(point, comparison.bootstrap_seed));
    }
    methods[curve.method] = points;
    if (&curve == &reference) continue;
    for (size_t i = 0; i < curve.points.size(); ++i) {
      const Interval d = PairedDifference(reference.points[i].result, curve.points[i].result,
                                          comparison.bootstrap_seed);
      paired.push_back({{"a", reference.method},
                        {"b", curve.method},
                        {"budget", comparison.budgets[i]},
                        {"difference", d.estimate},
                        {"ci95", IntervalJson(d)}});
    }
  }
  return {{"methods", methods}, {"paired", paired}};
}

std::string BudgetTable(const BudgetComparison& comparison, const BudgetReport& report) {
  Table table(Columns(comparison));
  for (const MethodCurve& curve : comparison.curves) table.Row(RowOf(curve, comparison));
  if (!comparison.perfect_actions.empty()) {
    table.Rule();
    std::vector<std::string> bound = {"(perfect choice of action)"};
    for (const double share : comparison.perfect_actions) {
      bound.push_back(fmt::format("{:.1f}", 100 * share));
      bound.emplace_back();
    }
    table.Row(bound);
  }
  std::string text = table.Text();
  text += fmt::format(
      "{} problems; accuracy within each budget of generated tokens, ± half its 95 % interval; "
      "tokens: spent, mean\nlast column: paired difference in points at {} tokens{}\n",
      comparison.problems(), comparison.budgets.back(),
      comparison.not_recorded == 0
          ? ""
          : fmt::format("; {} problems left out: not recorded for every method",
                        comparison.not_recorded));
  return text + BoundsText(comparison, report);
}

void WriteBudgetResults(const BudgetComparison& comparison, const BudgetReport& report,
                        const std::string& folder) {
  WriteFileAtomic(folder + "/comparison.json", JsonPretty(ComparisonJson(comparison)));
  const std::vector<double> flop_budgets = FlopBudgets(comparison);
  Json results = Json::object(), details = Json::object();
  for (const MethodCurve& curve : comparison.curves) {
    details[curve.method] = CurveJson(curve, report, flop_budgets);
    for (const BudgetPoint& point : curve.points) {
      const std::string name = fmt::format("{}_{}_{}", report.task, curve.method, point.budget);
      results[name] = ResultJson(point, comparison.bootstrap_seed);
      WriteFileAtomic(fmt::format("{}/samples_{}.jsonl", folder, name), SampleLines(point.result));
    }
  }
  const Json file = {{"results", results},
                     {"config", report.config},
                     {"pgts",
                      {{"problems", comparison.problems()},
                       {"not_recorded", comparison.not_recorded},
                       {"methods", details},
                       {"bounds", BoundsJson(comparison, report)}}}};
  WriteFileAtomic(fmt::format("{}/results_{}.json", folder, report.task), JsonPretty(file));
}

}  // namespace pgts::eval
