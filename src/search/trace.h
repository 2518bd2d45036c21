// SPDX-License-Identifier: Apache-2.0
// Trajectories as JSON lines, one line a decision: `trajectories/*.jsonl`. They hold all that shows
// a search again; what the policy saw (the features) is not kept: it follows from a replay in the
// same world.
//
// A line of schema 2 (schema 1 had no steps):
//   schema          2
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
//   step            of a decision that asked for a child, that child (node `to`):
//                   {"parent", "attempt", "score", "log_prob", "text"}, "answer" of a terminal
//                   step, "correct" where that was graded, and "terminal", "dead", "truncated",
//                   "duplicate" where they are true
// on a search's first line only, where they are known:
//   question, gold
// and on its last line only:
//   end             "terminated" | "nodes" | "actions" | "tokens" | "nothing_legal"; "running": the
//                   world could not say how it went on
//   answer          null, or {"node", "text", "score"}
//   correct         null where it was not graded
// A search of no decision has no line. Readers ignore keys that they do not know.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/jsonl.h"
#include "tree/trajectory.h"
#include "world/world.h"

namespace pgts::search {

inline constexpr int kTraceSchema = 2;

struct TracedSearch {
  std::string problem;
  std::string method;
  int64_t rollout = 0;
  std::string question;  // empty: not known
  std::string gold;      // filled in by who may see it; empty: not known
  tree::Trajectory trajectory;
};

// Fills in the texts of the steps that a search of this world grew.
void AddTexts(const world::World& world, tree::Trajectory& trajectory);

void WriteTrace(const TracedSearch& search, JsonlWriter& writer);

// Streams the searches of a file, in order; a search whose last line is missing at the end of the
// file (a kill) is left out. Error with file and line for anything that is no trace of this schema.
class TraceReader {
 public:
  explicit TraceReader(const std::string& path) : path_(path), lines_(path, {.own = true}) {}
  // The next search; nothing at the end.
  std::optional<TracedSearch> Next();

 private:
  std::optional<TracedSearch> Take(const Json& line);

  std::string path_;
  JsonlReader lines_;
  TracedSearch open_;  // its last line is still to come
};

}  // namespace pgts::search
