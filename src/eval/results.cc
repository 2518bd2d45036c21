// SPDX-License-Identifier: Apache-2.0
#include "eval/results.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "base/files.h"
#include "base/table.h"

namespace pgts::eval {
namespace {

BootstrapOptions Bootstrap(int64_t seed) { return {.seed = static_cast<uint64_t>(seed)}; }

// What no problem was there to measure is NaN (base/stats.h).
constexpr const char* kNothing = "–";

std::string Decimals(double value, int digits) {
  return std::isnan(value) ? kNothing : fmt::format("{:.{}f}", value, digits);
}

std::string Percent(double share) { return Decimals(100 * share, 1); }

std::string PercentInterval(const Interval& interval) {
  if (std::isnan(interval.estimate)) return kNothing;
  return fmt::format("{:.1f} to {:.1f}", 100 * interval.low, 100 * interval.high);
}

Json MethodJson(const MethodResult& result, int64_t seed) {
  const Interval accuracy = AccuracyInterval(result, seed);
  return {{"accuracy", accuracy.estimate},
          {"ci95", IntervalJson(accuracy)},
          {"answered", result.MeanOf(&ProblemRecord::answered)},
          {"generated_tokens_per_problem", result.MeanOf(&ProblemRecord::tokens)},
          {"computed_tokens_per_problem", result.MeanOf(&ProblemRecord::computed_tokens)},
          {"nodes_per_problem", result.MeanOf(&ProblemRecord::nodes)},
          {"depth", result.MeanOf(&ProblemRecord::depth)},
          {"actions_per_problem", result.MeanOf(&ProblemRecord::actions)},
          {"flops_per_problem", result.MeanOf(&ProblemRecord::flops)},
          {"seconds", result.MeanOf(&ProblemRecord::seconds)},
          {"setting", result.setting}};
}

// What a perfect choice among the chains of cot_sampled would reach.
std::string OracleText(const Comparison& comparison) {
  const MethodResult* sampled = comparison.Find("cot_sampled");
  if (sampled == nullptr || sampled->records.empty()) return "";
  return fmt::format("some chain of cot_sampled is right for {} % of the problems (oracle)\n",
                     Percent(sampled->MeanOf(&ProblemRecord::oracle)));
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

std::string PairsText(const Comparison& comparison) {
  std::string text;
  for (const auto& [a, b] : ReportedPairs(comparison)) {
    const Interval d = PairedDifference(*comparison.Find(a), *comparison.Find(b), comparison.seed);
    if (std::isnan(d.estimate)) continue;
    const char* verdict = d.low > 0 ? "better" : d.high < 0 ? "worse" : "no clear difference";
    text += fmt::format("{} - {}: {:+.1f} points, 95 % {:+.1f} to {:+.1f} ({})\n", a, b,
                        100 * d.estimate, 100 * d.low, 100 * d.high, verdict);
  }
  return text;
}

}  // namespace

std::vector<double> MethodResult::Correct() const {
  std::vector<double> correct;
  for (const ProblemRecord& record : records) correct.push_back(record.correct);
  return correct;
}

double MethodResult::MeanOf(double ProblemRecord::*field) const {
  std::vector<double> values;
  for (const ProblemRecord& record : records) values.push_back(record.*field);
  return Mean(values);
}

const MethodResult* Comparison::Find(std::string_view method) const {
  const auto found = std::find_if(methods.begin(), methods.end(),
                                  [&](const MethodResult& r) { return r.method == method; });
  return found == methods.end() ? nullptr : &*found;
}

void KeepCommonProblems(Comparison& comparison) {
  std::set<int64_t> missing;
  for (const MethodResult& result : comparison.methods) {
    for (const ProblemRecord& record : result.records) {
      if (!record.recorded) missing.insert(record.problem);
    }
  }
  for (MethodResult& result : comparison.methods) {
    std::erase_if(result.records,
                  [&](const ProblemRecord& record) { return missing.contains(record.problem); });
  }
  comparison.not_recorded = static_cast<int>(missing.size());
}

Interval AccuracyInterval(const MethodResult& result, int64_t seed) {
  return BootstrapMean(result.Correct(), Bootstrap(seed));
}

Interval PairedDifference(const MethodResult& a, const MethodResult& b, int64_t seed) {
  return PairedBootstrap(a.Correct(), b.Correct(), Bootstrap(seed));
}

std::vector<Pair> ReportedPairs(const Comparison& comparison) {
  // Without a policy: is the reward model worth anything, on the same chains?
  const Pair judged = {"best_of_n_weighted", "self_consistency"};
  const bool both = comparison.Find(judged.a) != nullptr && comparison.Find(judged.b) != nullptr;
  if (comparison.Find("pgts") == nullptr) return both ? std::vector{judged} : std::vector<Pair>{};
  std::vector<Pair> pairs;
  for (const MethodResult& result : comparison.methods) {
    if (result.method != "pgts") pairs.push_back({"pgts", result.method});
  }
  return pairs;
}

Json IntervalJson(const Interval& interval) { return Json::array({interval.low, interval.high}); }

Json SampleJson(const ProblemRecord& record, const std::string& filter) {
  Json line = {{"doc_id", record.problem},
               {"target", record.gold},
               {"resps", Json::array({Json::array({record.text})})},
               {"filtered_resps", Json::array({record.answer})}};
  if (!filter.empty()) line["filter"] = filter;
  line["exact_match"] = record.correct;
  line["generated_tokens"] = record.tokens;
  return line;
}

std::string ComparisonTable(const Comparison& comparison) {
  Table table({{"method"},
               {"setting"},
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
  for (const MethodResult& r : comparison.methods) {
    const Interval accuracy = AccuracyInterval(r, comparison.seed);
    table.Row({r.method, r.setting, Percent(accuracy.estimate), PercentInterval(accuracy),
               Decimals(r.MeanOf(&ProblemRecord::tokens), 1),
               Decimals(r.MeanOf(&ProblemRecord::computed_tokens), 1),
               Percent(r.MeanOf(&ProblemRecord::answered)),
               Decimals(r.MeanOf(&ProblemRecord::nodes), 1),
               Decimals(r.MeanOf(&ProblemRecord::depth), 1),
               Decimals(r.MeanOf(&ProblemRecord::actions), 1),
               Decimals(1e-9 * r.MeanOf(&ProblemRecord::flops), 2),
               Decimals(1e3 * r.MeanOf(&ProblemRecord::seconds), 1)});
  }
  const size_t problems = comparison.methods.empty() ? 0 : comparison.methods[0].records.size();
  std::string text = table.Text();
  text +=
      fmt::format("{} problems; tokens, nodes, GFLOP and ms are means per problem{}\n", problems,
                  comparison.not_recorded == 0
                      ? ""
                      : fmt::format("; {} problems left out: not recorded for every method",
                                    comparison.not_recorded));
  return text + OracleText(comparison) + ChainOutcomesText(comparison) + PairsText(comparison);
}

Json SummaryJson(const Comparison& comparison) {
  Json methods = Json::object(), paired = Json::array();
  for (const MethodResult& r : comparison.methods)
    methods[r.method] = MethodJson(r, comparison.seed);
  for (const auto& [a, b] : ReportedPairs(comparison)) {
    const Interval d = PairedDifference(*comparison.Find(a), *comparison.Find(b), comparison.seed);
    paired.push_back({{"a", a}, {"b", b}, {"difference", d.estimate}, {"ci95", IntervalJson(d)}});
  }
  Json summary = {
      {"problems", comparison.methods.empty() ? 0 : comparison.methods[0].records.size()},
      {"seed", comparison.seed},
      {"not_recorded", comparison.not_recorded},
      {"methods", methods},
      {"paired", paired}};
  if (const MethodResult* sampled = comparison.Find("cot_sampled")) {
    summary["oracle"] = sampled->MeanOf(&ProblemRecord::oracle);
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

void WriteResults(const Comparison& comparison, const ResultsDestination& destination) {
  Json results = Json::object();
  for (const MethodResult& r : comparison.methods) {
    const Interval accuracy = AccuracyInterval(r, comparison.seed);
    results[destination.task + "_" + r.method] = {
        {"alias", r.method},
        {"exact_match,strict-match", accuracy.estimate},
        {"exact_match_stderr,strict-match", (accuracy.high - accuracy.low) / (2 * 1.96)},
        {"generated_tokens,none", r.MeanOf(&ProblemRecord::tokens)}};
    std::string lines;
    for (const ProblemRecord& record : r.records) lines += JsonText(SampleJson(record)) + "\n";
    WriteFileAtomic(
        fmt::format("{}/samples_{}_{}.jsonl", destination.folder, destination.task, r.method),
        lines);
  }
  const Json file = {
      {"results", results}, {"config", destination.config}, {"pgts", SummaryJson(comparison)}};
  WriteFileAtomic(fmt::format("{}/results_{}.json", destination.folder, destination.task),
                  JsonPretty(file));
}

}  // namespace pgts::eval
