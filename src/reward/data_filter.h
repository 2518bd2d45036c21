// SPDX-License-Identifier: Apache-2.0
// What of the training data is learnt from, chosen by options when fine-tuning begins; the files
// keep everything. Held-out data is never filtered.
#pragma once

#include <cstdint>
#include <vector>

#include "labels/step_data.h"
#include "reward/options.h"

namespace pgts::reward {

// Removes every solution that an earlier one repeats: prompt, steps and labels. How many they were.
int64_t RemoveRepeats(std::vector<labels::LabelledSolution>& solutions);

// Where two sources label the same path differently (one problem's reference calls a step right, no
// completion of a rollout mends it), none of them is believed: the step is not supervised any more.
// Labels of one source never contest each other. How many labels went.
int64_t RemoveContested(std::vector<labels::LabelledSolution>& solutions);

// Both, as the options ask; logs the counts.
void FilterTraining(std::vector<labels::LabelledSolution>& solutions,
                    const TrainingOptions& options);

}  // namespace pgts::reward
