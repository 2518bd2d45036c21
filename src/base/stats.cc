// SPDX-License-Identifier: Apache-2.0
#include "base/stats.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/random.h"

namespace pgts {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double SortedQuantile(std::span<const double> sorted, double q) {
  if (sorted.empty()) return kNaN;
  const double position = std::clamp(q, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(position);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

// The mean of one resample. Each 64-bit draw gives two indices.
double ResampledMean(std::span<const double> values, RandomStream& stream) {
  const uint64_t n = values.size();
  double sum = 0;
  for (uint64_t i = 0; i < n; i += 2) {
    const uint64_t bits = stream();
    sum += values[(bits & 0xFFFFFFFF) * n >> 32];
    if (i + 1 < n) sum += values[(bits >> 32) * n >> 32];
  }
  return sum / static_cast<double>(n);
}

// The percentile bootstrap's interval.
Interval PercentileInterval(double estimate, std::vector<double> resampled, double level) {
  std::sort(resampled.begin(), resampled.end());
  const double tail = (1 - level) / 2;
  return {estimate, SortedQuantile(resampled, tail), SortedQuantile(resampled, 1 - tail)};
}

std::map<int64_t, std::vector<size_t>> MembersOf(std::span<const int64_t> problems) {
  std::map<int64_t, std::vector<size_t>> members;
  for (size_t i = 0; i < problems.size(); ++i) members[problems[i]].push_back(i);
  return members;
}

void RequireSameSize(size_t a, size_t b) {
  if (a != b) throw std::logic_error("statistics need spans of equal length");
}

}  // namespace

double Mean(std::span<const double> values) {
  if (values.empty()) return kNaN;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double StandardDeviation(std::span<const double> values) {
  if (values.size() < 2) return values.empty() ? kNaN : 0;
  const double mean = Mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double Quantile(std::span<const double> values, double q) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return SortedQuantile(sorted, q);
}

Interval BootstrapMean(std::span<const double> values, const BootstrapOptions& options) {
  if (values.empty()) return {kNaN, kNaN, kNaN};
  RandomStream stream(Key("bootstrap").With(options.seed));
  std::vector<double> means(static_cast<size_t>(options.resamples));
  for (double& mean : means) mean = ResampledMean(values, stream);
  return PercentileInterval(Mean(values), std::move(means), options.level);
}

Interval PairedBootstrap(std::span<const double> a, std::span<const double> b,
                         const BootstrapOptions& options) {
  RequireSameSize(a.size(), b.size());
  std::vector<double> differences(a.size());
  std::transform(a.begin(), a.end(), b.begin(), differences.begin(), std::minus<>());
  return BootstrapMean(differences, options);
}

double Auc(std::span<const double> scores, std::span<const int> labels) {
  RequireSameSize(scores.size(), labels.size());
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t i, size_t j) { return scores[i] < scores[j]; });
  // Sum over positives of the negatives below them; a run of ties counts its negatives half.
  double pairs_won = 0;
  double negatives = 0;
  double positives = 0;
  for (size_t start = 0; start < order.size();) {
    double tied_positives = 0;
    double tied_negatives = 0;
    size_t end = start;
    for (; end < order.size() && scores[order[end]] == scores[order[start]]; ++end) {
      (labels[order[end]] != 0 ? tied_positives : tied_negatives) += 1;
    }
    if (end == start) return kNaN;  // a NaN score equals nothing
    pairs_won += tied_positives * (negatives + tied_negatives / 2);
    positives += tied_positives;
    negatives += tied_negatives;
    start = end;
  }
  return positives > 0 && negatives > 0 ? pairs_won / (positives * negatives) : kNaN;
}

double AucWithinProblems(std::span<const double> scores, std::span<const int> labels,
                         std::span<const int64_t> problems) {
  RequireSameSize(scores.size(), labels.size());
  RequireSameSize(scores.size(), problems.size());
  double won = 0;
  double pairs = 0;
  for (const auto& [problem, members] : MembersOf(problems)) {
    std::vector<double> own_scores;
    std::vector<int> own_labels;
    for (const size_t i : members) {
      own_scores.push_back(scores[i]);
      own_labels.push_back(labels[i]);
    }
    const auto negatives = std::count(own_labels.begin(), own_labels.end(), 0);
    const double own_pairs =
        static_cast<double>(negatives) * static_cast<double>(own_labels.size() - negatives);
    if (own_pairs == 0) continue;
    won += Auc(own_scores, own_labels) * own_pairs;
    pairs += own_pairs;
  }
  return pairs > 0 ? won / pairs : kNaN;
}

Interval BootstrapAuc(std::span<const double> scores, std::span<const int> labels,
                      std::span<const int64_t> problems, const BootstrapOptions& options) {
  RequireSameSize(scores.size(), problems.size());
  const double estimate = Auc(scores, labels);
  if (std::isnan(estimate)) return {kNaN, kNaN, kNaN};
  const std::map<int64_t, std::vector<size_t>> members = MembersOf(problems);
  std::vector<const std::vector<size_t>*> groups;
  for (const auto& [problem, indices] : members) groups.push_back(&indices);

  RandomStream stream(Key("bootstrap-auc").With(options.seed));
  std::vector<double> resampled, drawn_scores;
  std::vector<int> drawn_labels;
  for (int k = 0; k < options.resamples; ++k) {
    drawn_scores.clear();
    drawn_labels.clear();
    for (size_t g = 0; g < groups.size(); ++g) {
      for (const size_t i : *groups[stream.Below(static_cast<int>(groups.size()))]) {
        drawn_scores.push_back(scores[i]);
        drawn_labels.push_back(labels[i]);
      }
    }
    const double auc = Auc(drawn_scores, drawn_labels);
    if (!std::isnan(auc)) resampled.push_back(auc);
  }
  return PercentileInterval(estimate, std::move(resampled), options.level);
}

double ExpectedCalibrationError(std::span<const double> probabilities, std::span<const int> labels,
                                int bins) {
  RequireSameSize(probabilities.size(), labels.size());
  if (probabilities.empty()) return kNaN;
  // |sum of probabilities - sum of labels| of a bin is its n_bin * |difference of means|.
  std::vector<double> gaps(static_cast<size_t>(bins), 0.0);
  for (size_t i = 0; i < probabilities.size(); ++i) {
    const int bin = static_cast<int>(std::clamp(probabilities[i], 0.0, 1.0) * bins);
    gaps[static_cast<size_t>(std::min(bin, bins - 1))] += probabilities[i] - (labels[i] != 0);
  }
  double total = 0;
  for (const double gap : gaps) total += std::abs(gap);
  return total / static_cast<double>(probabilities.size());
}

}  // namespace pgts
