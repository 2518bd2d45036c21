// SPDX-License-Identifier: Apache-2.0
// The other half of a plan: how many tokens a run writes and how long it takes. Nothing here is
// known before the run: how long solutions are, how many completions a label needs, how far a
// search goes. What stands in for that is said to be assumed.
#pragma once

#include "train/plan.h"
#include "train/plan_memory.h"

namespace pgts::train {

// Of a task by its name.
Assumptions Assume(const session::RunConfig& config);

// Assumed from the generator's size and the kind of its device, or measured with `path`, its file.
Rate AssumedRate(const session::RunConfig& config, const Assumptions& assumed,
                 const llm::ModelInfo& generator, int64_t weights_bytes, int width);
Rate MeasuredRate(const session::RunConfig& config, const Assumptions& assumed, int width);

// Fills in the tokens and seconds of the phases. `base_parameters`: of the reward model.
struct WorkInput {
  const session::RunConfig& config;
  const Assumptions& assumed;
  const MemoryPlan& memory;
  Rate rate;
  int64_t base_parameters = 0;
};
void EstimateWork(const WorkInput& input, std::vector<PhasePlan>& phases);

}  // namespace pgts::train
