// SPDX-License-Identifier: Apache-2.0
// For tests: a comparison by hand.
#pragma once

#include <string>
#include <vector>

#include "eval/comparison.h"

namespace pgts::eval {

// A method that was so right on problems 0, 1, ... and spent `tokens` on each.
inline MethodResult ByHand(const std::string& method, const std::vector<double>& correct,
                           double tokens) {
  MethodResult result{.method = method, .setting = "as " + method};
  for (const double value : correct) {
    result.records.push_back({.problem = static_cast<int64_t>(result.records.size()),
                              .answer = value > 0 ? "46" : "",
                              .gold = "46",
                              .text = "40+6=46\n",
                              .correct = value,
                              .answered = value,
                              .flexible_answer = "46",
                              .flexible_correct = 1,
                              .oracle = 1,
                              .tokens = tokens,
                              .flops = 1e6 * tokens});
  }
  return result;
}

inline Column ColumnOf(Choice choice, double at, const std::vector<MethodResult>& results) {
  Column column{.choice = choice, .at = at};
  for (const MethodResult& result : results) {
    column.points.push_back({.result = result, .accuracy = AccuracyInterval(result, 0)});
  }
  return column;
}

// As `pgts eval` compares.
inline Comparison OneColumn(const std::vector<MethodResult>& results) {
  return {.columns = {ColumnOf(Choice::kTokens, 60, results)}, .sampled_chains = 2};
}

// Four problems, at most 50 and 200 tokens:
//   cot_sampled  37.5 % with 45, 50 % with 45     (two chains)
//   beam         0 % with 50, 75 % with 200
//   pgts         25 % with 40, 100 % with 160
inline Comparison TwoCaps() {
  return {
      .columns = {ColumnOf(Choice::kCap, 50,
                           {ByHand("cot_sampled", {1, 0.5, 0, 0}, 45),
                            ByHand("beam", {0, 0, 0, 0}, 50), ByHand("pgts", {1, 0, 0, 0}, 40)}),
                  ColumnOf(Choice::kCap, 200,
                           {ByHand("cot_sampled", {1, 0.5, 0.5, 0}, 45),
                            ByHand("beam", {1, 1, 0, 1}, 200), ByHand("pgts", {1, 1, 1, 1}, 160)})},
      .sampled_chains = 2,
      .perfect_actions = {0.5, 1}};
}

// The same behind two prices, at which pgts spends 20 and 80 tokens, and a column at equal tokens.
inline Comparison PricesAndCaps() {
  Comparison comparison = TwoCaps();
  const auto price = [](double at, double tokens, const std::vector<double>& correct) {
    return ColumnOf(Choice::kPrice, at,
                    {ByHand("cot_sampled", {1, 0.5, 0, 0}, 45), ByHand("beam", {1, 1, 0, 0}, 90),
                     ByHand("pgts", correct, tokens)});
  };
  std::vector<Column> columns = {price(0.001, 20, {1, 1, 0, 0}), price(0, 80, {1, 1, 1, 0}),
                                 price(0, 60, {1, 1, 1, 0})};
  columns[2].choice = Choice::kTokens;
  columns[2].at = 60;
  comparison.columns.insert(comparison.columns.begin(), columns.begin(), columns.end());
  return comparison;
}

}  // namespace pgts::eval
