// SPDX-License-Identifier: Apache-2.0
// Runs one searcher many times, side by side, and grades what it did. As many walkers are out as
// the models' memory has places for: with more, they would push each other out of it and read their
// paths again at every step. Where one search ends, the next begins.
//
// Searches of one problem and epoch walk one world, which is let go when the last of them has ended
// and was handed over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "eval/environment.h"
#include "search/searcher.h"

namespace pgts::eval {

struct SearchJob {
  int64_t problem = 0;  // index in the split
  int epoch = world::kEvaluationEpoch;
  Key draw = Key("search");                    // names this search
  std::optional<tree::Limits> limits = {};     // nullopt: the batch's
  const search::Searcher* searcher = nullptr;  // null: the batch's
};

struct FinishedSearch {
  size_t job = 0;  // index in the jobs
  task::Problem problem;
  std::shared_ptr<world::World> world;
  search::SearchResult result;
  // Of each search of the method (tree/trajectory.h), graded.
  std::vector<tree::Trajectory> trajectories;
};

struct SearchBatch {
  const search::Searcher* searcher = nullptr;
  world::WorldSource* worlds = nullptr;
  task::Split split = task::Split::kTest;
  std::span<const SearchJob> jobs;
  tree::Limits limits;
  bool with_features = false;                // of the trajectories
  bool with_texts = false;                   // of their steps
  std::function<void(size_t job)> on_begin;  // just before a job's search begins; may be empty
  std::function<void(FinishedSearch)> on_finished;  // in the order of the jobs
};

// Begins with nothing resident (Environment::forget).
void RunSearches(const Environment& environment, const SearchBatch& batch);

}  // namespace pgts::eval
