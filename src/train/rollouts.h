// SPDX-License-Identifier: Apache-2.0
// The searches that the policy learns from. They are the PGTS searcher's own: there is no second
// search loop.
#pragma once

#include <vector>

#include "eval/environment.h"
#include "search/searcher.h"
#include "session/run_config.h"
#include "task/problem.h"
#include "train/problem_sequence.h"
#include "tree/trajectory.h"

namespace pgts::train {

struct RolloutRequest {
  std::vector<Visit> visits;  // of training problems
  int rollouts_per_problem = 1;
  int world_epochs = 4;
  int fixed_epoch = -1;  // >= 0: this epoch for all, rather than by visits
  tree::Limits limits;
  session::TermsSettings terms;  // drawn anew for each visit; its searches share them
  Key draw = Key("rollout");     // extended by (problem, rollout, decision)
};

struct Rollout {
  task::Problem problem;
  int number = 0;  // of this problem
  search::SearchResult result;
  tree::Trajectory trajectory;  // with features, graded
};

// In the order of the visits (eval/search_runner.h).
std::vector<Rollout> CollectRollouts(const eval::Environment& environment,
                                     const search::Searcher& searcher,
                                     const RolloutRequest& request);

}  // namespace pgts::train
