// SPDX-License-Identifier: Apache-2.0
// Methods beside each other, in one column or several. A column is one way of choosing every
// method's setting (eval/tuning.h), and what each method came to with it on the same problems.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/results.h"

namespace pgts::eval {

// One method in one column.
struct Point {
  MethodResult result;  // one record a problem; every number is the mean over the seeds
  Interval accuracy;

  double Mean(double ProblemRecord::*field) const { return result.MeanOf(field); }
};

enum class Choice {
  kPrice,   // the best setting at a price of a token
  kTokens,  // as many tokens as the reference spends, on validation problems
  kCap,     // the best setting within a cap on the tokens of each problem
};

struct Column {
  Choice choice = Choice::kPrice;
  double at = 0;              // the price, the tokens or the cap
  std::vector<Point> points;  // of each method, in the order of the list; at least one

  std::string Name() const;  // in names of files: "price_0.001", "pgts_tokens", "200"
  const Point* Find(std::string_view method) const;
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
  int64_t seed = 0;             // of the bootstrap
  std::vector<Column> columns;  // at least one; of one choice: the frugal first
  int not_recorded = 0;         // problems that left the comparison
  int sampled_chains = 0;       // a problem behind cot_sampled, over all seeds
  // [caps] share of the problems that a perfect choice of action answers right within the cap, of
  // all steps grown in the sampled worlds (eval/action_bound.h); empty where none was walked.
  std::vector<double> perfect_actions;
  std::optional<RewardModelQuality> reward_model;
  std::optional<ChainOutcomes> chain_outcomes;  // where both grades are among them

  size_t problems() const { return columns.front().points.front().result.records.size(); }
  std::vector<const Column*> Of(Choice choice) const;
  // Those that show accuracy against tokens: the prices where there are any, else the caps, else
  // what there is.
  std::vector<const Column*> Curves() const;
  Interval Difference(const Point& a, const Point& b) const;  // of accuracy, a - b, paired
};

// A method in some columns, as a curve.
using Curve = std::vector<const Point*>;
// Of every method, in the order of the list; the columns hold the same methods.
std::vector<Curve> CurvesOf(const std::vector<const Column*>& columns);
const Curve* Find(const std::vector<Curve>& curves, std::string_view method);

// Whom the others are compared with: pgts, or without it the most accurate in this column; ties to
// fewer tokens, then to the first.
const Point& Reference(const Column& column);
// The best but for it; null where there is no other.
const Point* BestOther(const Column& column);

// The least mean tokens a problem for which the curve reaches the accuracy: straight between its
// points, tokens on a log scale.
std::optional<double> CostOf(const Curve& curve, double accuracy);

}  // namespace pgts::eval
