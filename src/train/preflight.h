// SPDX-License-Identifier: Apache-2.0
// Checks that need no model: what would fail later is refused before anything is written.
#pragma once

#include "session/run_config.h"

namespace pgts::train {

// Throws Error for the first fault that training would only meet after minutes or hours: missing
// task data, impossible options of the policy network, imported labels that cannot be read, a
// device that is not there, or a reward model's base that cannot be fine-tuned or whose context is
// shorter than optimization.max_sequence_length. The last two are checked only if
// `trains_reward_model`.
void CheckBeforeTraining(const session::RunConfig& config, bool trains_reward_model);

// The base reads the generator's tokens as they are: Error unless it knows every one of them.
void CheckVocabularies(int64_t generator, int64_t base, const std::string& base_path);

}  // namespace pgts::train
