// SPDX-License-Identifier: Apache-2.0
#include "world/step_scorer.h"

#include <algorithm>

namespace pgts::world {

void PathEvidence::Add(double step_log_prob, size_t step_tokens) {
  if (step_tokens == 0) return;
  const double of_step = step_log_prob / static_cast<double>(step_tokens);
  least_log_prob = tokens == 0 ? of_step : std::min(least_log_prob, of_step);
  log_prob += step_log_prob;
  tokens += step_tokens;
  mean_log_prob = log_prob / static_cast<double>(tokens);
  written = true;
}

}  // namespace pgts::world
