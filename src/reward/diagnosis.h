// SPDX-License-Identifier: Apache-2.0
// What can be wrong with a reward model although its step AUC passes the gate: findings in words.
//
//   outcome AUC       the last step's score against the grade of the solution
//   F1                must beat calling every step right, 2p/(1+p) with p the share that is right
//   calibration       expected calibration error of the scores
//   depth             where a depth has both labels often enough, its AUC must not be below chance
//   flipped labels    a keyed draw flips a fifth of the labels; 1 - the probability that a step's
//                     label gets must tell which were flipped. Its AUC: 0.5 by chance, 1 with
//                     perfect scores, 0.75 where scores rank perfectly but all lie on one side
//   bag of words      a judge that cannot reason must be worse (reward/word_baseline.h)
//   style             a bag of words must not tell damaged steps from right ones
//   corruption        reference solutions and damaged ones (labels/corruption.h), pair by pair: at
//                     the damaged step the score falls below the reference's there; afterwards it
//                     stays below the score from before it
#pragma once

#include <span>
#include <vector>

#include "reward/check.h"
#include "reward/metrics.h"
#include "reward/options.h"

namespace pgts::reward {

// Everything above but the words, the style and the corruptions; `metrics` are those of `steps`
// under `calibration`.
std::vector<Check> RewardModelChecks(std::span<const ScoredStep> steps,
                                     const RewardMetrics& metrics, const Calibration& calibration,
                                     const GateOptions& options);

// `trained`: of the training's own held-out steps, where the bag of words was measured too.
Check WordsCheck(const RewardMetrics& trained);
// Whether corruptions betray themselves by their style (reward/word_baseline.h).
Check CorruptionStyleCheck(const RewardMetrics& trained);

// AUC; NaN where a class is missing.
double FlippedLabelAuc(std::span<const ScoredStep> steps, const Calibration& calibration);

struct CorruptionReading {
  int64_t pairs = 0;
  double falls = 0;       // share of pairs
  double stays_down = 0;  // share of pairs with steps after the damaged one; NaN: none has
  double before = 0;      // mean scores: the last right step (NaN: the first step was damaged),
  double reference = 0;   // the reference's step at that place,
  double at = 0;          // the damaged step,
  double last = 0;        // the last step
};

// A damaged solution and what it was made from, both judged.
struct CorruptionPair {
  size_t wrong_step = 0;
  std::vector<ScoredStep> damaged;
  std::vector<ScoredStep> reference;
};
CorruptionReading ReadCorruptions(std::span<const CorruptionPair> pairs,
                                  const Calibration& calibration);
std::vector<Check> CorruptionChecks(const CorruptionReading& reading);

}  // namespace pgts::reward
