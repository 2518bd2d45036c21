// SPDX-License-Identifier: Apache-2.0
// Checks that load no model: what would fail later is refused before anything is written.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "session/run_config.h"
#include "train/plan.h"

namespace pgts::train {

struct PreflightOptions {
  bool trains_reward_model = true;  // else what only phase 1 needs is not checked
  bool on_this_machine = true;      // else its devices are not
};

// What training would only meet after minutes or hours, a line each: missing task data, impossible
// options of the policy network, imported labels that cannot be read, a device that is not there,
// or a reward model's base that cannot be fine-tuned or whose context is shorter than
// optimization.max_sequence_length.
std::vector<std::string> FaultsBeforeTraining(const session::RunConfig& config,
                                              const PreflightOptions& options);

// Throws Error for the first of them; then plans the run (train/plan.h), and throws Error with the
// cure where it does not fit. Without phase 1 the reward model is what `config` says of its kind
// and, for kind full, of its file.
Plan CheckBeforeTraining(const session::RunConfig& config, bool trains_reward_model);

// Adds what the check throws as an Error, if it does.
void NoteFault(std::vector<std::string>& faults, const std::function<void()>& check);

// The base reads the generator's tokens as they are: Error unless it knows every one of them.
void CheckVocabularies(int64_t generator, int64_t base, const std::string& base_path);

}  // namespace pgts::train
