// SPDX-License-Identifier: Apache-2.0
// Sampled solutions with step labels (Wang et al., "Math-Shepherd", 2024, section 3.3): the
// generator solves each problem several times, and a step is right if the gold answer can still be
// reached from it.
//
// The R rollouts of a problem are the first chains below the root of its world, the greedy one
// where greedy steps come first (world/chain.h). A rollout is right if it ends in a terminal step
// that states the gold answer; without an answer within max_depth it is wrong. It is one of the M
// completions of each of its steps; the others are the first further attempts below the step.
//
//   last step    the grade of the rollout
//   other steps  1 if any of the M completions is right, else 0. They are tried in turn up to the
//                first right one: a right rollout labels all its steps without a further completion
//   soft_labels  all M are tried, and training learns the share of right ones
//
// With M = 1 only the outcome is known. It labels the last step alone or, with outcome_for_all,
// every step, as outcome-supervised verifiers take it (Cobbe et al., "Training Verifiers to Solve
// Math Word Problems", 2021).
//
// infer_after_wrong, for training data, halves the completions: after the first step from which
// none is right all steps are labelled 0, since what cannot be mended there cannot be mended later.
// Held-out steps always have completions of their own.
//
// A step without tokens (the generator had nothing to say) is left out; the step before it is then
// judged by completions even if it is the last.
//
// Problems are taken in chunks. Each begins with nothing resident, so that an interrupted run whose
// store is cut back to the last finished chunk goes on with the same batches and to the same bytes.
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
  int concurrent = 64;  // rollouts in flight, a walker each
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

// Error unless the split has all problems of the plan.
void CheckProblems(const task::Task& task, const RolloutPlan& plan);
// CheckProblems, then every rollout.
RolloutData SampleRollouts(const RolloutParts& parts, const RolloutPlan& plan);

}  // namespace pgts::labels
