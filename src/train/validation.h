// SPDX-License-Identifier: Apache-2.0
// The fixed validation problems of phase 2: how a policy does there, and what it is compared with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eval/run_method.h"
#include "session/run_config.h"
#include "session/session.h"
#include "train/resume_state.h"
#include "tree/policy.h"

namespace pgts::train {

// Means over the problems and over the prices of a token that the policy is to serve, from the
// highest to the lowest; `mean_return` is undiscounted. With r = 1[right] - price * tokens it is
// the mean over prices of accuracy - price * tokens: the area under the policy's curve.
struct ValidationReading {
  double accuracy = 0, tokens = 0, mean_return = 0, answered = 0;
};

class Validation {
 public:
  // Both outlive it.
  Validation(const session::RunConfig& config, session::Session& session);

  // `label` names the progress bar.
  ValidationReading Measure(tree::Policy& policy, std::string label);
  ValidationLine SampledCot();

 private:
  eval::MethodRun Run(std::string label, search::Worlds worlds) const;
  ValidationReading MeasureAt(double price, const search::Searcher& searcher, std::string label);

  const session::RunConfig& config_;
  session::Session& session_;
  std::vector<int64_t> problems_;
};

}  // namespace pgts::train
