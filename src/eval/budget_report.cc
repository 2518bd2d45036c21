// SPDX-License-Identifier: Apache-2.0
#include "eval/budget_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/files.h"

namespace pgts::eval {
namespace {

Json OrNull(std::optional<double> value) { return value ? Json(*value) : Json(nullptr); }

// As many budgets of FLOPs as of tokens, evenly on a log scale from the cheapest point to the
// dearest.
std::vector<double> FlopBudgets(const BudgetComparison& comparison) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const MethodCurve& curve : comparison.curves) {
    for (const BudgetPoint& point : curve.points) {
      const double flops = point.Mean(&ProblemRecord::flops);
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

Json PointJson(const BudgetPoint& point) {
  return {{"budget", point.budget},
          {"tokens_per_problem", point.Mean(&ProblemRecord::tokens)},
          {"accuracy", point.accuracy.estimate},
          {"ci95", IntervalJson(point.accuracy)}};
}

// At budgets[at]: each curve after those that stand first in a pair.
void AddPairs(const BudgetComparison& comparison, size_t at, Json& paired) {
  const MethodCurve* reference = &Reference(comparison);
  for (const MethodCurve* a : {reference, BestOther(comparison, at)}) {
    for (const MethodCurve& b : comparison.curves) {
      if (a == nullptr || &b == a || &b == reference) continue;
      const Interval difference = Difference(a->points[at], b.points[at]);
      paired.push_back({{"a", a->method},
                        {"b", b.method},
                        {"budget", comparison.budgets[at]},
                        {"difference", difference.estimate},
                        {"ci95", IntervalJson(difference)}});
    }
  }
}

Json DetailJson(const BudgetPoint& point) {
  return {{"budget", point.budget},
          {"setting", point.result.setting},
          {"perfect_reward_model", point.Mean(&ProblemRecord::oracle)},
          {"answered", point.Mean(&ProblemRecord::answered)},
          {"computed_tokens_per_problem", point.Mean(&ProblemRecord::computed_tokens)},
          {"nodes_per_problem", point.Mean(&ProblemRecord::nodes)},
          {"flops_per_problem", point.Mean(&ProblemRecord::flops)},
          {"charged_seconds", point.Mean(&ProblemRecord::seconds)}};
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

Json BoundsJson(const BudgetComparison& comparison) {
  Json perfect = Json::array(), passes = Json::array();
  for (size_t i = 0; i < comparison.perfect_actions.size(); ++i) {
    perfect.push_back(
        {{"budget", comparison.budgets[i]}, {"share", comparison.perfect_actions[i]}});
  }
  if (const MethodCurve* sampled = comparison.Find("cot_sampled")) {
    for (const PassAtK& pass : PassAt(sampled->points.back().result, comparison.sampled_chains)) {
      passes.push_back({{"k", pass.k}, {"share", pass.share}});
    }
  }
  return {{"perfect_actions", perfect}, {"pass_at_k", passes}};
}

Json ResultJson(const BudgetPoint& point) {
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
          {"generated_tokens,none", point.Mean(&ProblemRecord::tokens)}};
}

std::string SampleLines(const MethodResult& result) {
  std::string lines;
  for (const ProblemRecord& record : result.records) {
    Json line = SampleJson(record, "strict-match");
    lines += JsonText(line) + "\n";
    line["filtered_resps"] = Json::array({record.flexible_answer});
    line["filter"] = "flexible-extract";
    line["exact_match"] = record.flexible_correct;
    lines += JsonText(line) + "\n";
  }
  return lines;
}

}  // namespace

Json ComparisonJson(const BudgetComparison& comparison) {
  Json methods = Json::object();
  for (const MethodCurve& curve : comparison.curves) {
    Json points = Json::array();
    for (const BudgetPoint& point : curve.points) points.push_back(PointJson(point));
    methods[curve.method] = points;
  }
  Json paired = Json::array();
  for (size_t at = 0; at < comparison.budgets.size(); ++at) AddPairs(comparison, at, paired);
  return {{"methods", methods}, {"paired", paired}};
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
      results[name] = ResultJson(point);
      WriteFileAtomic(fmt::format("{}/samples_{}.jsonl", folder, name), SampleLines(point.result));
    }
  }
  const Json file = {{"results", results},
                     {"config", report.config},
                     {"pgts",
                      {{"problems", comparison.problems()},
                       {"methods", details},
                       {"bounds", BoundsJson(comparison)}}}};
  WriteFileAtomic(fmt::format("{}/results_{}.json", folder, report.task), JsonPretty(file));
}

}  // namespace pgts::eval
