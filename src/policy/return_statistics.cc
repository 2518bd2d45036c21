// SPDX-License-Identifier: Apache-2.0
#include "policy/return_statistics.h"

#include <algorithm>
#include <cmath>

namespace pgts::policy {

void ReturnStatistics::Merge(std::span<const float> returns) {
  if (returns.empty()) return;
  const double n = static_cast<double>(returns.size());
  double batch_mean = 0, batch_variance = 0;
  for (float value : returns) batch_mean += value / n;
  for (float value : returns) batch_variance += (value - batch_mean) * (value - batch_mean) / n;

  const double past = std::min(count, kMemory);
  const double weight = n / (past + n);
  const double shift = batch_mean - mean;
  variance =
      (1 - weight) * variance + weight * batch_variance + weight * (1 - weight) * shift * shift;
  mean += weight * shift;
  count = past + n;
}

double ReturnStatistics::Deviation() const { return std::max(std::sqrt(variance), 1e-3); }

}  // namespace pgts::policy
