// SPDX-License-Identifier: Apache-2.0
// Looks at a generator, a reward model and the search that they make, on validation problems, and
// says what is wrong and what to do about it. Nothing is trained; worlds of the run are read back
// and grown like an evaluation's. Where phase 1 has looked at the same problems, to choose its
// checkpoint and to calibrate, and where the search check chooses the settings of its heuristics on
// them, what is found is a little too good: enough to find what is wrong, not to compare methods
// (pgts eval does).
//
//   generator      do rollouts state answers that can be read, are steps cut off, are some right
//                  (what the gate before phase 2 asks)
//   reward model   reward/diagnosis.h, through the scorer that searches use
//   search         what a reward model guides without a policy (best-of-N of several kinds, the
//   best
//                  heuristic), at equal tokens on the same worlds, against chains of thought that
//                  vote and against greedy decoding (eval/evaluate.h): does any gain, its paired
//                  95 % interval above zero?
//   policy         where a trained policy's searches lose accuracy, and the regret of its decisions
//                  (eval/anatomy.h)
#pragma once

#include <string>
#include <vector>

#include "base/jsonl.h"
#include "reward/check.h"
#include "session/run_config.h"
#include "session/session.h"

namespace pgts::train {

struct DoctorRequest {
  std::string reward_model;  // its folder; empty: the generator alone is looked at
  int problems = 60;         // of the validation split
  std::string policy;        // a file whose searches are dissected; empty: none are
};

struct Finding {
  std::string part;  // "generator", "reward model", "search"
  reward::Check check;
};

struct Diagnosis {
  std::vector<Finding> findings;
  Json numbers;         // behind them: metrics, corruption probe, comparison
  std::string anatomy;  // of the policy's searches, for people; empty: no policy

  bool Healthy() const;
};

Diagnosis Examine(const session::RunConfig& config, session::Session& session,
                  const DoctorRequest& request);

// A table of all findings, then what to fix, in words.
std::string DiagnosisText(const Diagnosis& diagnosis);
Json ToJson(const Diagnosis& diagnosis);

}  // namespace pgts::train
