// SPDX-License-Identifier: Apache-2.0
// All data of phase 1, and its files: sampled solutions of training and held-out problems,
// references and corruptions of the training problems, imported solutions (labels/trl.h). Imports
// for training whose question is held out are left out and counted.
//
//   <folder>/train.jsonl, validation.jsonl   (labels/step_data.h)
//   <folder>/stats.json                      counts, and the key: a hash of all that decides the
//   data
//
// Files with the wanted key are read back; others are made again, from the stored worlds as far as
// these go.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "labels/monte_carlo.h"
#include "labels/options.h"
#include "labels/step_data.h"

namespace pgts::labels {

struct StepData {
  std::vector<LabelledSolution> train;
  std::vector<LabelledSolution> validation;  // rollouts of held-out problems, held-out imports
  RolloutStats train_stats, validation_stats;
  bool reused = false;  // read from the folder

  // Of training problems, or where none was solved of held-out ones.
  bool AnswersHaveSeparator() const {
    return (train_stats.answered > 0 ? train_stats : validation_stats).AnswersHaveSeparator();
  }
};

struct DataPlan {
  DataOptions data;
  int incorrect_per_problem = 3;  // corruptions; a reference comes with them
  uint64_t world_key = 0;         // LiveWorlds::WorldKey(epoch)
  int epoch = world::kPhaseOneEpoch;
};

// What is sampled for either split.
RolloutPlan TrainPlan(const DataOptions& data, int epoch);
RolloutPlan HeldOutPlan(const DataOptions& data, int epoch);

// Logs the counts of both splits.
StepData BuildStepData(const RolloutParts& parts, const llm::Tokenizer& tokenizer,
                       const DataPlan& plan, const std::string& folder);

// Error where the folder holds no finished data.
void CheckStepData(const std::string& folder);
// The finished data of a folder, whatever its key; logs its counts. Error as CheckStepData.
StepData ReadStepData(const std::string& folder);

}  // namespace pgts::labels
