// SPDX-License-Identifier: Apache-2.0
// Small statistics for evaluation. Spans in, plain numbers out; an empty input gives NaN.
#pragma once

#include <cstdint>
#include <span>

namespace pgts {

struct Interval {
  double estimate = 0;
  double low = 0;
  double high = 0;
};

double Mean(std::span<const double> values);
// Sample standard deviation (n - 1); 0 for one value.
double StandardDeviation(std::span<const double> values);

// Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996), q in [0, 1].
double Quantile(std::span<const double> values, double q);

struct BootstrapOptions {
  uint64_t seed = 0;
  int resamples = 10'000;
  double level = 0.95;
};

// Percentile bootstrap of the mean; the values are one number per problem (the resampled unit).
Interval BootstrapMean(std::span<const double> values, const BootstrapOptions& options = {});

// Paired percentile bootstrap of mean(a) - mean(b): a[i] and b[i] belong to the same problem.
Interval PairedBootstrap(std::span<const double> a, std::span<const double> b,
                         const BootstrapOptions& options = {});

// Area under the ROC curve: P(score of a positive > score of a negative), ties count half.
// labels: 0 or 1. NaN if a class is missing.
double Auc(std::span<const double> scores, std::span<const int> labels);

// Auc over pairs that belong to one problem: how well the scores rank answers to the same question,
// which is what a vote needs. Every pair weighs the same, so problems whose answers are about half
// right count most. NaN if no problem has both classes, or if one that has them has a NaN score.
double AucWithinProblems(std::span<const double> scores, std::span<const int> labels,
                         std::span<const int64_t> problems);

// Percentile bootstrap of Auc that resamples whole problems (the distinct values of `problems`,
// which is parallel to scores), because scores of one problem depend on each other. Resamples in
// which a class is missing are left out.
Interval BootstrapAuc(std::span<const double> scores, std::span<const int> labels,
                      std::span<const int64_t> problems, const BootstrapOptions& options = {});

// Expected calibration error over `bins` bins of equal width in [0, 1]:
// sum over bins of (n_bin / n) * |mean probability - share of positives|.
double ExpectedCalibrationError(std::span<const double> probabilities, std::span<const int> labels,
                                int bins = 10);

}  // namespace pgts
