// SPDX-License-Identifier: Apache-2.0
// How good a reward model is on held-out problems.
//
// Positive means "right so far" (label 1); a step is called right when its score >= threshold.
//   precision TP/(TP+FP)   recall TP/(TP+FN)   specificity TN/(TN+FP)   F1 2TP/(2TP+FP+FN)
// loss is the mean -ln of the probability given to the true label. step_auc is over labelled steps
// against their labels; outcome_auc over last steps against the grade of the solution, and
// within_problem_auc over those of one problem, which voting and searching need; exact_auc
// over steps whose exact truth is known (generated tasks), beside the labels. A ratio whose
// denominator is 0, or an AUC with one class missing, is NaN (null in JSON).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/jsonl.h"
#include "reward/calibration.h"
#include "world/score_quantiles.h"

namespace pgts::reward {

struct ScoredStep {
  double logit = 0;          // the head's logit(1) - logit(0)
  world::PathEvidence path;  // of the path so far
  std::optional<int> label;
  std::optional<int> exact;  // the exact truth, where the task can tell
  std::optional<int> grade;  // of the solution, on its last step only
  int64_t problem = 0;       // equal for steps of one problem: a hash of its id
  int depth = 1;             // place in the solution, from 1

  Evidence evidence() const { return {.logit = logit, .path = path}; }
};

struct Confusion {
  int64_t true_positive = 0, false_positive = 0, true_negative = 0, false_negative = 0;
};

struct DepthRow {
  int depth = 0;
  int64_t steps = 0;
  double mean_score = 0;
  double positive_share = 0;  // of the labels
  double auc = 0;
};

// Steps whose score lies in one of ten bins of equal width.
struct CalibrationBin {
  int64_t steps = 0;
  double mean_score = 0;
  double positive_share = 0;  // of the labels; equal to mean_score where scores mean what they say
};

struct RewardMetrics {
  int64_t steps = 0;  // labelled
  double positive_share = 0;
  double loss = 0, loss_uncalibrated = 0;
  double accuracy = 0, precision = 0, recall = 0, f1 = 0, specificity = 0;
  double step_auc = 0, outcome_auc = 0, exact_auc = 0;
  double within_problem_auc = std::numeric_limits<double>::quiet_NaN();
  int64_t outcomes = 0;  // graded solutions behind outcome_auc
  // 95 %, problems resampled; NaN: not measured.
  double outcome_auc_low = std::numeric_limits<double>::quiet_NaN();
  double outcome_auc_high = std::numeric_limits<double>::quiet_NaN();
  double head_auc = 0, log_prob_auc = 0;  // step AUC of either predictor alone (calibration.h)
  // Step AUC of a bag of words on the same split (reward/word_baseline.h); NaN: not measured.
  double words_auc = std::numeric_limits<double>::quiet_NaN();
  // The same between damaged and right steps of the training data; NaN: no corruptions.
  double corruption_words_auc = std::numeric_limits<double>::quiet_NaN();
  double ece = 0, ece_uncalibrated = 0;  // 10 bins of equal width
  double threshold = 0.5;
  Confusion confusion;
  std::vector<DepthRow> by_depth;
  std::vector<CalibrationBin> by_score;                // bins that hold a step, lowest score first
  world::ScoreQuantiles scores = world::EvenScores();  // of last steps, and of the others
};

// Error where no step has a label: there is nothing to measure.
RewardMetrics Measure(std::span<const ScoredStep> steps, const Calibration& calibration,
                      double threshold = 0.5);

// The same, with the interval of outcome_auc.
RewardMetrics MeasureWhole(std::span<const ScoredStep> steps, const Calibration& calibration,
                           double threshold = 0.5);

// FitCalibration on the labelled steps. weigh_slips: else their slope is 0.
Calibration CalibrateOn(std::span<const ScoredStep> steps, bool weigh_slips);

Json ToJson(const RewardMetrics& metrics);
RewardMetrics MetricsFromJson(const Json& json);  // null becomes NaN
std::string MetricsTable(const RewardMetrics& metrics);

}  // namespace pgts::reward
