// SPDX-License-Identifier: Apache-2.0
// A comparison as files.
//
//   summary.json          of one column: accuracy, costs and setting of every method, paired
//                         differences
//   comparison.json       accuracy against tokens and the paired differences, nothing more:
//     {"methods": {"pgts": [{"budget": 100, "tokens_per_problem": 58.9, "accuracy": 0.827,
//                            "ci95": [0.783, 0.87]}, ...], ...},
//      "paired": [{"a": "pgts", "b": "mcts", "budget": 100, "difference": 0.05,
//                  "ci95": [0.02, 0.08]}, ...],
//      "prices": the same with "price" for "budget", "at_pgts_tokens": with "tokens"}
//   results_<task>.json   lm-evaluation-harness's layout: strict and flexible accuracy of every
//                         method and column; under "pgts" the rest: one column's summary, or all
//                         columns, what accuracies cost, bounds and pass@k
//   samples_<task>_<method>[_<column>].jsonl
//                         its layout, a line for each problem and filter; a file for each column
//                         where there are several
//
// Paired in comparison.json: the reference (PGTS) with every other method, and the best of the
// others with every other one. In summary.json: PGTS with every other method; without a policy
// chains weighted by the reward model with the same chains in plain votes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/jsonl.h"
#include "eval/comparison.h"

namespace pgts::eval {

std::vector<std::pair<const Point*, const Point*>> SummaryPairs(const Column& column);

Json SummaryJson(const Comparison& comparison);  // of its first column
Json ComparisonJson(const Comparison& comparison);

struct ResultsDestination {
  std::string folder;
  std::string task;
  Json config;                // written into results_*.json
  std::vector<double> reach;  // accuracies whose cost in tokens is told
};
// results_<task>.json and the samples.
void WriteResults(const Comparison& comparison, const ResultsDestination& destination);

}  // namespace pgts::eval
