// SPDX-License-Identifier: Apache-2.0
// Sampled solutions with step labels: the generator solves each problem several times, and every
// step of a wrong solution is judged by what can still be reached from it.
//
// Rollout i = 1..R of a problem is the path i·1·1·… of its world. It ends at a terminal or dead
// node or at max_depth; it is right if it ends in a terminal node whose answer is the gold answer.
// Completion k of its node v is the path v·k·1·1·…; k = 1 is the rollout itself and counts as one
// of the M completions. Labels:
//   last step    the grade of the rollout
//   other steps  1 if any of the M completions is right, else 0; completing stops at the first
//                right one, so a right rollout labels all its steps 1 without any completion (hard
//                labels; Wang et al., "Math-Shepherd", 2024, section 3.3)
//                soft_labels: all M are tried, and training learns the share of right ones
// With M = 1 only the outcome is known: it labels the last step alone, or, with outcome_for_all,
// every step, as outcome-supervised verifiers take it (Cobbe et al., "Training Verifiers to Solve
// Math Word Problems", 2021).
// infer_after_wrong (training data) asks from the first step down and stops at the first step from
// which no completion is right: the steps after it are labelled 0 too, with no evidence of their
// own (what cannot be mended there cannot be mended later). It halves the completions; held-out
// steps always get their own. A step without tokens (the generator had nothing to say) is left out;
// then the step before it is judged by completions like any other.
//
// The worlds are those of one reserved epoch; with a store, running again reads back what was
// grown. Problems are taken in chunks of equal size, each begun with nothing resident: a run that
// was interrupted in one of them, its store cut to what the chunks before it left, goes on with the
// same batches and so to the same bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/rounds.h"
#include "labels/step_data.h"
#include "task/task.h"
#include "world/world_source.h"

namespace pgts::labels {

struct RolloutParts {  // all outlive the call
  Rounds& rounds;
  world::WorldSource& worlds;
  const task::Task& task;
  std::function<void()> before_chunk = {};  // forgets what is resident
  std::function<void()> after_chunk = {};   // keeps what is finished
};

struct RolloutPlan {
  task::Split split = task::Split::kTrain;
  int64_t first_problem = 0;
  int64_t problems = 1;
  int rollouts = 4;     // R
  int completions = 4;  // M
  int concurrent = 64;  // rollouts in flight: one walker each
  int max_depth = 15;
  bool infer_after_wrong = false;
  bool outcome_for_all = false;  // where completions = 1
  bool soft_labels = false;
  int epoch = world::kPhaseOneEpoch;
  const char* label = "sampling solutions";  // of the progress bar
};

struct RolloutStats {
  int64_t rollouts = 0;
  int64_t answered = 0;  // stated an answer
  int64_t right = 0;
  int64_t steps = 0;                   // of rollouts
  int64_t truncated = 0;               // of `steps`: cut off at max_new_tokens
  int64_t answers_with_separator = 0;  // of `answered`: the answer step ended with the separator
  int64_t completions = 0;             // beyond the rollouts themselves
  int64_t right_completions = 0;
  int64_t not_recorded = 0;     // rollouts that a stored world could not answer; left out
  int64_t tokens = 0;           // charged
  int64_t computed_tokens = 0;  // of these, generated now; not kept on disk

  double ExtractionRate() const { return Share(answered, rollouts); }
  double RightShare() const { return Share(right, rollouts); }
  double CutOffRate() const { return Share(truncated, steps); }
  // Whether this generator ends its answer line with the separator (rather than its text after it).
  bool AnswersHaveSeparator() const { return 2 * answers_with_separator >= answered; }
  RolloutStats& operator+=(const RolloutStats& other);

 private:
  static double Share(int64_t part, int64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  }
};

Json ToJson(const RolloutStats& stats);
RolloutStats StatsFromJson(const Json& json);

struct RolloutData {
  std::vector<LabelledSolution> solutions;  // by problem, then rollout
  RolloutStats stats;
};

// Error if the split has no such problems.
void CheckProblems(const task::Task& task, const RolloutPlan& plan);
// The same Error.
RolloutData SampleRollouts(const RolloutParts& parts, const RolloutPlan& plan);

}  // namespace pgts::labels
