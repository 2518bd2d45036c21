// SPDX-License-Identifier: Apache-2.0
#include "train/rollouts.h"

#include <utility>

#include "eval/search_runner.h"
#include "train/terms.h"

namespace pgts::train {
namespace {

std::vector<eval::SearchJob> Jobs(const RolloutRequest& request) {
  std::vector<eval::SearchJob> jobs;
  for (const Visit& visit : request.visits) {
    const int epoch = request.fixed_epoch >= 0
                          ? request.fixed_epoch
                          : static_cast<int>(visit.earlier % request.world_epochs);
    const Key draw = request.draw.With(static_cast<uint64_t>(visit.problem));
    const tree::Limits limits = DrawTerms(request.limits, request.terms, draw);
    for (int number = 0; number < request.rollouts_per_problem; ++number) {
      jobs.push_back({.problem = visit.problem,
                      .epoch = epoch,
                      .draw = draw.With(static_cast<uint64_t>(number)),
                      .limits = limits});
    }
  }
  return jobs;
}

}  // namespace

std::vector<Rollout> CollectRollouts(const eval::Environment& environment,
                                     const search::Searcher& searcher,
                                     const RolloutRequest& request) {
  const std::vector<eval::SearchJob> jobs = Jobs(request);
  std::vector<Rollout> rollouts;
  const auto keep = [&](eval::FinishedSearch search) {
    const auto number = static_cast<int>(search.job) % request.rollouts_per_problem;
    rollouts.push_back({.problem = std::move(search.problem),
                        .number = number,
                        .result = std::move(search.result),
                        .trajectory = std::move(search.trajectories.front())});
  };
  eval::RunSearches(environment, {.searcher = &searcher,
                                  .worlds = environment.WorldsOf(search::Worlds::kTrees),
                                  .split = task::Split::kTrain,
                                  .jobs = jobs,
                                  .limits = request.limits,
                                  .with_features = true,
                                  .with_texts = true,
                                  .on_finished = keep});
  return rollouts;
}

}  // namespace pgts::train
