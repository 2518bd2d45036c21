// SPDX-License-Identifier: Apache-2.0
// The gate between the phases: a prompt, a step length or a reward model that cannot work is said
// in words before phase 2 spends its hours on it.
#pragma once

#include <string>
#include <vector>

#include "reward/check.h"
#include "reward/options.h"

namespace pgts::reward {

struct GateReading {
  double extraction_rate = 0;  // share of rollouts whose path states an answer; NaN: no rollouts
  double cut_off_rate = 0;     // share of steps that ended at max_new_tokens
  double right_share = 0;      // share of rollouts that are right
  double step_auc = 0;         // of the reward model, on held-out problems
  int max_new_tokens = 0;      // for the words
};

// Answers that can be read, steps that are cut off, rollouts that are right.
std::vector<Check> GeneratorChecks(const GateReading& reading, const GateOptions& options);
Check StepAucCheck(double step_auc, const GateOptions& options);

// One sentence for each of these that is wrong, with its cure; empty: phase 2 may start.
std::vector<std::string> GateProblems(const GateReading& reading, const GateOptions& options);

// Logs what was read. Throws one Error with all problems, or warns if options.gate is "warn".
void PassGate(const GateReading& reading, const GateOptions& options);

}  // namespace pgts::reward
