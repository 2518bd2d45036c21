// SPDX-License-Identifier: Apache-2.0
// What phase 1 tells of itself: the progress bar, the log, and its records in metrics.jsonl:
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
  // The record alone, for who logs in words of its own.
  void Record(const reward::ValidationPoint& point);

 private:
  void Record(const reward::TrainingPoint& point);

  JsonlWriter metrics_;
  std::optional<Progress> progress_;
  double smooth_loss_ = 0;
  double loss_sum_ = 0;  // since the last record
  int64_t steps_since_ = 0;
};

// Bytes of metrics.jsonl up to the end of phase 1's records: what a phase 2 that begins keeps. 0
// where there is no such file.
int64_t RewardRecordsLength(const std::string& metrics_path);

}  // namespace pgts::train
