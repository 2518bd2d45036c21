// SPDX-License-Identifier: Apache-2.0
// Trajectories as JSON lines, one line a decision: `trajectories/*.jsonl`. What the policy saw (the
// features) is not kept: it follows from a replay in the same world.
//
// A line of schema 1:
//   schema          1
//   problem         the problem's id
//   method          who searched
//   rollout         which search of this problem and method
//   decision        0, 1, ... in this search
//   action          "expand" | "branch" | "backtrack" | "terminate"
//   log_prob, value, probabilities (by name, legal actions only)    of tree/policy.h's Decision
//   legal           names of the legal actions
//   from, to        current node before and after; nodes count in the order of their asking
//   tokens          charged by this decision
//   score_before, score_after   Phi of tree/trajectory.h; score_after is 0 where the search ended
// and on a search's last line only:
//   end             "terminated" | "nodes" | "actions" | "tokens" | "nothing_legal"; "running": the
//                   world could not say how it went on
//   answer          null, or {"node", "text", "score"}
//   correct         null where it was not graded
// A search of no decision has no line. Readers ignore keys that they do not know.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/jsonl.h"
#include "tree/trajectory.h"

namespace pgts::search {

inline constexpr int kTraceSchema = 1;

struct TracedSearch {
  std::string problem;
  std::string method;
  int64_t rollout = 0;
  tree::Trajectory trajectory;
};

void WriteTrace(const TracedSearch& search, JsonlWriter& writer);

// All searches of a file, in order; a search whose last line is missing at the end of the file (a
// kill) is left out. Error with file and line for anything that is not a trace of this schema.
std::vector<TracedSearch> ReadTrace(const std::string& path);

}  // namespace pgts::search
