// SPDX-License-Identifier: Apache-2.0
// The searches of trajectory files that a page can replay, and the list one picks from:
//
//   {"group": the file's name without ".jsonl", "method", "problem", "rollout",
//    "verdict": 1 right, 0 wrong, -1 no answer, -2 not graded, "tokens", "nodes",
//    "question": its begin}    columns, one entry for each search
//   "left_out": how many searches there was no room for
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/jsonl.h"

namespace pgts::report {

struct ReplayLimits {
  int64_t bytes = 15'000'000;          // of all searches but those of training
  int64_t training_bytes = 4'000'000;  // of the files train*.jsonl
  int64_t text_bytes = 1'000;          // of one step
};

struct SearchReplays {
  Json list;                          // empty where there is no search
  std::vector<std::string> searches;  // PackSearch's JSON of each, fit to stand in HTML
  std::vector<std::string> notes;     // files that could not be read, and why
};

// The trajectories of an evaluation and of the run's training, in this order, each by name.
std::vector<std::string> TraceFiles(const std::string& run, const std::string& evaluation);

// Where a file holds more than there is room for, an even share of its searches is taken, from its
// first to its last.
SearchReplays ReadReplays(const std::vector<std::string>& files, const ReplayLimits& limits = {});

}  // namespace pgts::report
