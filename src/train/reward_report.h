// SPDX-License-Identifier: Apache-2.0
// How phase 1 reports its training: a progress bar, log lines, and records in metrics.jsonl:
//
//   {"kind":"reward","step","epoch","loss","learning_rate"}    loss: mean since the last record
//   {"kind":"reward_validation","step","epoch","loss","step_auc"}
//
// They are the first lines of the file; phase 2 writes after them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/jsonl.h"
#include "base/progress.h"
#include "reward/finetune.h"
#include "session/run_folder.h"

namespace pgts::train {

class RewardReport {
 public:
  // Begins metrics.jsonl anew.
  explicit RewardReport(const session::RunFolder& folder) : metrics_(folder.Metrics(), 0) {}

  void Step(const reward::TrainingPoint& point);
  void Validated(const reward::ValidationPoint& point);
  // Writes the record without a log line, for training that logs its own.
  void Record(const reward::ValidationPoint& point);

 private:
  void Record(const reward::TrainingPoint& point);

  JsonlWriter metrics_;
  std::optional<Progress> progress_;
  double smooth_loss_ = 0;
  double loss_sum_ = 0;  // since the last record
  int64_t steps_since_ = 0;
};

// Length in bytes of phase 1's records in metrics.jsonl, which phase 2 keeps when it begins; 0 if
// there is no such file.
int64_t RewardRecordsLength(const std::string& metrics_path);

}  // namespace pgts::train
