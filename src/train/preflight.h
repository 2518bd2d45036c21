// SPDX-License-Identifier: Apache-2.0
// What is known to fail before anything is loaded, written or spent.
#pragma once

#include "session/run_config.h"

namespace pgts::train {

// Throws Error for the first of these that training would only meet after minutes or hours: the
// task's data, a policy network that cannot be, imported labels that cannot be read, a reward
// model's base that cannot be fine-tuned or is too short for optimization.max_sequence_length, a
// device that is not there. The base is left out where no reward model is trained
// (`trains_reward_model` false).
void CheckBeforeTraining(const session::RunConfig& config, bool trains_reward_model);

// The base reads the generator's tokens as they are: Error unless it knows every one of them.
void CheckVocabularies(int64_t generator, int64_t base, const std::string& base_path);

}  // namespace pgts::train
