// SPDX-License-Identifier: Apache-2.0
#include "eval/results.h"

#include <algorithm>
#include <cmath>

namespace pgts::eval {
namespace {

BootstrapOptions Bootstrap(int64_t seed) { return {.seed = static_cast<uint64_t>(seed)}; }

// Of n chains, `right` of them right: the chance that some of k drawn without replacement is.
double SomeRight(int n, int right, int k) {
  double none = 1;
  for (int i = 0; i < k; ++i) none *= std::max(0, n - right - i) / static_cast<double>(n - i);
  return 1 - none;
}

}  // namespace

std::vector<double> MethodResult::Values(double ProblemRecord::*field) const {
  std::vector<double> values;
  for (const ProblemRecord& record : records) values.push_back(record.*field);
  return values;
}

MethodResult WeightedMean(std::span<const Weighted> parts) {
  MethodResult mean = parts.front().result;
  double weights = 0;
  for (const Weighted& part : parts) weights += part.weight;
  for (size_t i = 0; i < mean.records.size(); ++i) {
    ProblemRecord& record = mean.records[i];
    for (const auto& [name, field] : kRecordNumbers) {
      double sum = 0;
      for (const Weighted& part : parts) sum += part.weight * part.result.records[i].*field;
      record.*field = sum / weights;
    }
    for (const Weighted& part : parts) record.recorded &= part.result.records[i].recorded;
  }
  return mean;
}

Interval AccuracyInterval(const MethodResult& result, int64_t seed) {
  return BootstrapMean(result.Correct(), Bootstrap(seed));
}

Interval PairedDifference(const MethodResult& a, const MethodResult& b, int64_t seed) {
  return PairedBootstrap(a.Correct(), b.Correct(), Bootstrap(seed));
}

double StandardError(std::span<const double> values) {
  return StandardDeviation(values) / std::sqrt(static_cast<double>(values.size()));
}

std::vector<PassAtK> PassAt(const MethodResult& sampled, int chains) {
  std::vector<PassAtK> passes;
  for (int k = 1;; k = std::min(2 * k, chains)) {
    std::vector<double> shares;
    for (const ProblemRecord& record : sampled.records) {
      const int right = static_cast<int>(std::lround(record.correct * chains));
      shares.push_back(SomeRight(chains, right, k));
    }
    passes.push_back({.k = k, .share = Mean(shares)});
    if (k >= chains) return passes;
  }
}

}  // namespace pgts::eval
