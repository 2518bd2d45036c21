// SPDX-License-Identifier: Apache-2.0
// What a method came to, problem by problem, and the statistics of it: each is defined here, once.
//
// Intervals are 95 %: percentile bootstrap over problems (for differences the paired one), 10,000
// resamples.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

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
  double flops = 0;    // forward: 2 for each weight and token read, of generator, scorer and policy
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
  std::string setting;  // its hyperparameters, for people; empty: none
  std::vector<ProblemRecord> records;

  std::vector<double> Values(double ProblemRecord::*field) const;
  std::vector<double> Correct() const { return Values(&ProblemRecord::correct); }
  double MeanOf(double ProblemRecord::*field) const { return Mean(Values(field)); }
};

// The weighted mean of results on the same problems, record by record: of one result for each seed,
// or of two settings of which one is taken for a share of the problems, in expectation. The texts
// are the first's. At least one.
struct Weighted {
  MethodResult result;
  double weight = 1;
};
MethodResult WeightedMean(std::span<const Weighted> parts);

Interval AccuracyInterval(const MethodResult& result, int64_t seed);
// accuracy(a) - accuracy(b) over their common problems, in the order of the records.
Interval PairedDifference(const MethodResult& a, const MethodResult& b, int64_t seed);
// Of a mean: standard deviation / sqrt(n).
double StandardError(std::span<const double> values);

// The expected share of problems for which some of k chains is right, from c right ones of n:
// 1 - C(n-c, k) / C(n, k) (Chen et al. 2021, arXiv:2107.03374, section 2.1); for k = 1, 2, 4, ...
// and n. `sampled`: the mean over those n chains of each problem (cot_sampled).
struct PassAtK {
  int k = 0;
  double share = 0;
};
std::vector<PassAtK> PassAt(const MethodResult& sampled, int chains);

}  // namespace pgts::eval
