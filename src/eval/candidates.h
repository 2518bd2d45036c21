// SPDX-License-Identifier: Apache-2.0
// The settings of each method among which validation problems choose, at every token budget anew:
// six or seven for each that has knobs, from the narrowest (a chain, or what is nearest to it) to
// what only the largest budgets pay for. The thresholds of the heuristic and of sequential
// best-of-n are chosen from larger grids (eval/cell_runner.h). PGTS has been trained instead; what
// is left to choose is whether the search's own max_nodes holds, too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgts::eval {

struct Candidate {
  std::vector<std::string> knobs;  // "chains=8", of the method's options
  bool bounded_nodes = false;      // the run's own search.max_nodes holds beside the token budget

  std::string Text() const;  // for tables; empty: nothing to set
};

// At least one.
std::vector<Candidate> Candidates(std::string_view method);

// What one of them came to on the validation problems.
struct Tried {
  Candidate candidate;
  double accuracy = 0;
  double tokens = 0;  // mean
};
// The most accurate; ties to fewer tokens, then to the first. At least one.
const Candidate& BestOf(const std::vector<Tried>& tried);

}  // namespace pgts::eval
