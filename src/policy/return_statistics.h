// SPDX-License-Identifier: Apache-2.0
// Running mean and deviation of returns, by which the value head's targets are normalised. Batches
// are merged exactly (Chan, Golub and LeVeque, 1983); the past weighs at most kMemory returns, so
// that the statistics follow a policy that improves.
#pragma once

#include <span>

namespace pgts::policy {

struct ReturnStatistics {
  static constexpr double kMemory = 20000;

  double mean = 0;
  double variance = 1;
  double count = 0;  // returns behind the two numbers; 0: they are the defaults above

  void Merge(std::span<const float> returns);
  double Deviation() const;  // at least 1e-3
  double Denormalise(double value) const { return value * Deviation() + mean; }
  bool operator==(const ReturnStatistics&) const = default;
};

}  // namespace pgts::policy
