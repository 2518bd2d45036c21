// SPDX-License-Identifier: Apache-2.0
// For tests: searches made by hand, and files of a run folder.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/jsonl.h"
#include "search/trace.h"

namespace pgts::report {

// A decision that asked for a child with this text.
inline tree::TrajectoryStep Grow(tree::NodeId from, tree::NodeId to, std::string text) {
  tree::TrajectoryStep step{.from = from, .to = to, .tokens = 7};
  step.decision = {
      .action = tree::Action::kExpand, .value = 1.25F, .probabilities = {0.75F, 0.25F}};
  step.legal.Allow(tree::Action::kExpand);
  step.legal.Allow(tree::Action::kBranch);
  step.grown = tree::GrownNode{.parent = from,
                               .attempt = 1,
                               .child = {.tokens = 7, .log_prob = -0.5F, .score = 0.875F},
                               .text = std::move(text)};
  return step;
}

inline tree::TrajectoryStep Terminate(tree::NodeId at) {
  tree::TrajectoryStep step{.from = at, .to = at};
  step.decision = {.action = tree::Action::kTerminate, .probabilities = {0, 0, 0, 1}};
  step.legal.Allow(tree::Action::kTerminate);
  return step;
}

// Two steps, the second of which answers 4, and the end.
inline search::TracedSearch ShortSearch(std::string problem, bool correct = true) {
  search::TracedSearch search{.problem = std::move(problem),
                              .method = "pgts",
                              .question = "What is 2 + 2?",
                              .gold = correct ? "4" : "5"};
  tree::TrajectoryStep answer = Grow(1, 2, "#### 4\n");
  answer.grown->child.terminal = true;
  answer.grown->child.answer = "4";
  answer.grown->correct = correct;
  search.trajectory = {.steps = {Grow(0, 1, "2+2=4\n"), answer, Terminate(2)},
                       .end = tree::End::kTerminated,
                       .answer = tree::Answer{.node = 2, .text = "4", .score = 0.875F},
                       .correct = correct};
  return search;
}

inline void WriteTraces(const std::string& path,
                        const std::vector<search::TracedSearch>& searches) {
  JsonlWriter writer(path, 0);
  for (const search::TracedSearch& search : searches) search::WriteTrace(search, writer);
}

}  // namespace pgts::report
