// SPDX-License-Identifier: Apache-2.0
#include "eval/comparison_files.h"

#include <fmt/format.h>

#include "base/files.h"

namespace pgts::eval {
namespace {

Json IntervalJson(const Interval& interval) { return Json::array({interval.low, interval.high}); }

const char* JsonKey(Choice choice) {
  return choice == Choice::kPrice ? "price" : choice == Choice::kTokens ? "tokens" : "budget";
}

Json MethodJson(const Point& point) {
  return {{"accuracy", point.accuracy.estimate},
          {"ci95", IntervalJson(point.accuracy)},
          {"answered", point.Mean(&ProblemRecord::answered)},
          {"generated_tokens_per_problem", point.Mean(&ProblemRecord::tokens)},
          {"computed_tokens_per_problem", point.Mean(&ProblemRecord::computed_tokens)},
          {"nodes_per_problem", point.Mean(&ProblemRecord::nodes)},
          {"depth", point.Mean(&ProblemRecord::depth)},
          {"actions_per_problem", point.Mean(&ProblemRecord::actions)},
          {"flops_per_problem", point.Mean(&ProblemRecord::flops)},
          {"seconds", point.Mean(&ProblemRecord::seconds)},
          {"setting", point.result.setting}};
}

Json PairJson(const Comparison& comparison, const Point& a, const Point& b) {
  const Interval d = comparison.Difference(a, b);
  return {{"a", a.result.method},
          {"b", b.result.method},
          {"difference", d.estimate},
          {"ci95", IntervalJson(d)}};
}

// Adds to `paired` what is paired in one column: each method after those that stand first in a
// pair.
void AddPairs(const Comparison& comparison, const Column& column, Json& paired) {
  const Point* reference = &Reference(column);
  for (const Point* a : {reference, BestOther(column)}) {
    for (const Point& b : column.points) {
      if (a == nullptr || &b == a || &b == reference) continue;
      paired.push_back(PairJson(comparison, *a, b));
      paired.back()[JsonKey(column.choice)] = column.at;
    }
  }
}

// The columns of one choice: {"methods": ..., "paired": ...}.
Json CurvesJson(const Comparison& comparison, Choice choice) {
  Json methods = Json::object(), paired = Json::array();
  for (const Column* column : comparison.Of(choice)) {
    for (const Point& point : column->points) {
      methods[point.result.method].push_back(
          {{JsonKey(choice), column->at},
           {"tokens_per_problem", point.Mean(&ProblemRecord::tokens)},
           {"accuracy", point.accuracy.estimate},
           {"ci95", IntervalJson(point.accuracy)}});
    }
    AddPairs(comparison, *column, paired);
  }
  return {{"methods", methods}, {"paired", paired}};
}

// By method: tokens to reach an accuracy.
Json CostsJson(const Comparison& comparison, const std::vector<double>& reach) {
  Json costs = Json::object();
  for (const Curve& curve : CurvesOf(comparison.Curves())) {
    Json to_reach = Json::array();
    for (const double accuracy : reach) {
      const auto tokens = CostOf(curve, accuracy);
      to_reach.push_back(
          {{"accuracy", accuracy}, {"tokens", tokens ? Json(*tokens) : Json(nullptr)}});
    }
    costs[curve.front()->result.method] = {{"to_reach", to_reach}};
  }
  return costs;
}

Json BoundsJson(const Comparison& comparison) {
  Json perfect = Json::array(), passes = Json::array();
  const std::vector<const Column*> caps = comparison.Of(Choice::kCap);
  for (size_t i = 0; i < comparison.perfect_actions.size(); ++i) {
    perfect.push_back({{"budget", caps[i]->at}, {"share", comparison.perfect_actions[i]}});
  }
  if (const Point* sampled = comparison.columns.back().Find("cot_sampled")) {
    for (const PassAtK& pass : PassAt(sampled->result, comparison.sampled_chains)) {
      passes.push_back({{"k", pass.k}, {"share", pass.share}});
    }
  }
  return {{"perfect_actions", perfect}, {"pass_at_k", passes}};
}

Json ColumnsJson(const Comparison& comparison) {
  Json columns = Json::array();
  for (const Column& column : comparison.columns) {
    Json methods = Json::object();
    for (const Point& point : column.points) {
      methods[point.result.method] = MethodJson(point);
      // A perfect reward model would answer right wherever some path of the method is right.
      methods[point.result.method]["perfect_reward_model"] = point.Mean(&ProblemRecord::oracle);
    }
    columns.push_back({{JsonKey(column.choice), column.at}, {"methods", methods}});
  }
  return columns;
}

Json ResultJson(const Point& point, const std::string& alias) {
  const std::vector<double> strict = point.result.Correct();
  const std::vector<double> flexible = point.result.Values(&ProblemRecord::flexible_correct);
  return {{"alias", alias},
          {"exact_match,strict-match", Mean(strict)},
          {"exact_match_stderr,strict-match", StandardError(strict)},
          {"exact_match,flexible-extract", Mean(flexible)},
          {"exact_match_stderr,flexible-extract", StandardError(flexible)},
          {"generated_tokens,none", point.Mean(&ProblemRecord::tokens)}};
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

}  // namespace

std::vector<std::pair<const Point*, const Point*>> SummaryPairs(const Column& column) {
  std::vector<std::pair<const Point*, const Point*>> pairs;
  if (const Point* pgts = column.Find("pgts")) {
    for (const Point& point : column.points) {
      if (&point != pgts) pairs.emplace_back(pgts, &point);
    }
    return pairs;
  }
  // Is the reward model worth anything, on the same chains?
  const Point *judged = column.Find("best_of_n_weighted"), *plain = column.Find("self_consistency");
  if (judged != nullptr && plain != nullptr) pairs.emplace_back(judged, plain);
  return pairs;
}

Json SummaryJson(const Comparison& comparison) {
  const Column& column = comparison.columns.front();
  Json methods = Json::object(), paired = Json::array();
  for (const Point& point : column.points) methods[point.result.method] = MethodJson(point);
  for (const auto& [a, b] : SummaryPairs(column)) paired.push_back(PairJson(comparison, *a, *b));
  Json summary = {{"problems", comparison.problems()},
                  {"seed", comparison.seed},
                  {"not_recorded", comparison.not_recorded},
                  {"methods", methods},
                  {"paired", paired}};
  if (const Point* sampled = column.Find("cot_sampled")) {
    summary["oracle"] = sampled->Mean(&ProblemRecord::oracle);
  }
  if (comparison.reward_model) {
    summary["reward_model"] = {{"step_auc", comparison.reward_model->step_auc},
                               {"outcome_auc", comparison.reward_model->outcome_auc}};
  }
  if (comparison.chain_outcomes) {
    const ChainOutcomes& chains = *comparison.chain_outcomes;
    summary["chain_outcomes"] = {{"auc", chains.auc.estimate},
                                 {"ci95", IntervalJson(chains.auc)},
                                 {"within_problem_auc", chains.within_problem},
                                 {"answers", chains.answers},
                                 {"right", chains.right}};
  }
  return summary;
}

Json ComparisonJson(const Comparison& comparison) {
  Json json = CurvesJson(comparison, Choice::kCap);
  json["prices"] = CurvesJson(comparison, Choice::kPrice);
  json["at_pgts_tokens"] = CurvesJson(comparison, Choice::kTokens);
  return json;
}

void WriteResults(const Comparison& comparison, const ResultsDestination& destination) {
  const bool several = comparison.columns.size() > 1;
  Json results = Json::object();
  for (const Column& column : comparison.columns) {
    for (const Point& point : column.points) {
      const std::string& method = point.result.method;
      std::string name = destination.task + "_" + method, alias = method;
      if (several) {
        name += "_" + column.Name();
        alias += fmt::format(" at {} {}", JsonKey(column.choice), column.at);
      }
      results[name] = ResultJson(point, alias);
      WriteFileAtomic(fmt::format("{}/samples_{}.jsonl", destination.folder, name),
                      SampleLines(point.result));
    }
  }
  Json rest = SummaryJson(comparison);
  if (several) {
    rest = {{"problems", comparison.problems()},
            {"seed", comparison.seed},
            {"not_recorded", comparison.not_recorded},
            {"columns", ColumnsJson(comparison)},
            {"costs", CostsJson(comparison, destination.reach)},
            {"bounds", BoundsJson(comparison)}};
  }
  WriteFileAtomic(
      fmt::format("{}/results_{}.json", destination.folder, destination.task),
      JsonPretty({{"results", results}, {"config", destination.config}, {"pgts", rest}}));
}

}  // namespace pgts::eval
