// SPDX-License-Identifier: Apache-2.0
// What phase 2 tells of itself: the log, metrics.jsonl, TensorBoard events, and a warning in words
// when training collapses.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/jsonl.h"
#include "base/tensorboard.h"
#include "policy/ppo.h"
#include "session/run_folder.h"
#include "train/resume_state.h"
#include "train/rollouts.h"
#include "train/validation.h"

namespace pgts::train {

struct IterationReport {
  int iteration = 0;  // 1, 2, ...
  std::span<const Rollout> rollouts;
  policy::PpoStats stats;
  double rollout_seconds = 0;
  double update_seconds = 0;
};

struct ValidationReport {
  int iteration = 0;
  ValidationReading reading;
  ValidationLine cot, teacher;
  bool best = false;
};

// One sentence for each sign of collapse; empty: none.
std::vector<std::string> CollapseSigns(const policy::PpoStats& stats, double answered);

class PolicyReport {
 public:
  // Cuts both files to these lengths (a resumed run).
  PolicyReport(const session::RunFolder& folder, int64_t metrics_length, int64_t events_length);

  void Iteration(const IterationReport& report);
  void Validation(const ValidationReport& report);
  std::string Note() const { return note_; }  // for the progress bar

  void Sync();  // both files, to the disk
  int64_t metrics_length() const { return metrics_.length(); }
  int64_t events_length() const { return events_.length(); }

 private:
  void Write(int step, const std::string& kind, const Json& values);
  void WarnOfCollapse(const policy::PpoStats& stats, double answered);

  JsonlWriter metrics_;
  TensorBoardWriter events_;
  std::string note_;
  bool warned_ = false;
};

}  // namespace pgts::train
