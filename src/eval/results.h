// SPDX-License-Identifier: Apache-2.0
// What an evaluation measured, and how it is told: the comparison table, summary.json, and
// results_*.json and samples_*.jsonl in lm-evaluation-harness's layout.
//
// Intervals are 95 %: percentile bootstrap over problems (for differences the paired one), 10,000
// resamples, seeded by the run seed. A problem that some method could not walk because its world
// was not recorded leaves the comparison for every method, and the table says how many did.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/jsonl.h"
#include "base/stats.h"

namespace pgts::eval {

// One method on one problem. Where a method is the mean over several chains (cot_sampled), every
// number is that mean.
struct ProblemRecord {
  int64_t problem = 0;   // index in its split
  bool recorded = true;  // false: the stored world lacks a step that this walk asked for
  std::string answer;    // empty: none found
  std::string gold;
  std::string text;     // the steps that led to the answer, for samples_*.jsonl
  double correct = 0;   // in [0, 1]
  double answered = 0;  // share of chains or searches with an answer
  // The same text read flexibly (task/answer.h); empty: no answer even so.
  std::string flexible_answer;
  double flexible_correct = 0;
  double oracle = 0;  // 1 if some path is right: what a perfect choice among them would reach
  double tokens = 0;  // generated tokens charged, discarded ones included
  double computed_tokens = 0;  // of these, generated now rather than read back
  double nodes = 0;
  double depth = 0;  // deepest step
  double actions = 0;
  double flops = 0;    // forward, of generator, scorer and policy (docs/ARCHITECTURE.md)
  double seconds = 0;  // charged device time: shares of the batches that computed it
};

// Every number of a record, by its name.
inline constexpr std::pair<const char*, double ProblemRecord::*> kRecordNumbers[] = {
    {"correct", &ProblemRecord::correct},
    {"answered", &ProblemRecord::answered},
    {"flexible_correct", &ProblemRecord::flexible_correct},
    {"oracle", &ProblemRecord::oracle},
    {"tokens", &ProblemRecord::tokens},
    {"computed_tokens", &ProblemRecord::computed_tokens},
    {"nodes", &ProblemRecord::nodes},
    {"depth", &ProblemRecord::depth},
    {"actions", &ProblemRecord::actions},
    {"flops", &ProblemRecord::flops},
    {"seconds", &ProblemRecord::seconds}};

struct MethodResult {
  std::string method;
  std::string setting;  // its knob at equal tokens, such as "N = 2.4"
  std::vector<ProblemRecord> records;

  std::vector<double> Correct() const;
  double MeanOf(double ProblemRecord::*field) const;
};

struct RewardModelQuality {
  double step_auc = 0;
  double outcome_auc = 0;
};

// The reward model on the chains that best_of_n_weighted drew: their path scores against their
// grades, over all that answer and were recorded.
struct ChainOutcomes {
  Interval auc;               // over problems
  double within_problem = 0;  // AUC between chains of one problem
  int64_t answers = 0;
  int64_t right = 0;
};

struct Comparison {
  int64_t seed = 0;
  std::vector<MethodResult> methods;
  std::optional<RewardModelQuality> reward_model;
  std::optional<ChainOutcomes> chain_outcomes;  // where both grades are among them
  int not_recorded = 0;                         // problems that left the comparison

  const MethodResult* Find(std::string_view method) const;
};

// Removes every problem that is not recorded for some method, and counts it.
void KeepCommonProblems(Comparison& comparison);

Interval AccuracyInterval(const MethodResult& result, int64_t seed);
// accuracy(a) - accuracy(b) over their common problems, in the order of the records.
Interval PairedDifference(const MethodResult& a, const MethodResult& b, int64_t seed);

// The pairs that a reader asks for first: PGTS against each other method; without a policy, chains
// weighted by the reward model against the same chains in plain votes.
struct Pair {
  std::string a, b;
};
std::vector<Pair> ReportedPairs(const Comparison& comparison);

Json IntervalJson(const Interval& interval);  // [low, high]
// A line of samples_*.jsonl: the answer as read strictly. `filter` names that reading where the
// file holds others, too; empty: it does not.
Json SampleJson(const ProblemRecord& record, const std::string& filter = "");

std::string ComparisonTable(const Comparison& comparison);
Json SummaryJson(const Comparison& comparison);

// <folder>/results_<name>.json, <folder>/samples_<method>_<name>.jsonl.
struct ResultsDestination {
  std::string folder;
  std::string task;
  Json config;  // written into results_*.json
};
void WriteResults(const Comparison& comparison, const ResultsDestination& destination);

}  // namespace pgts::eval
