// SPDX-License-Identifier: Apache-2.0
// The settings of each method among which validation problems choose, at every token budget anew.
// The lists are of about equal length: no method is tuned with more care than another.
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

// At least one. Methods that have a search of their own over their knobs (the heuristic, sequential
// best-of-n: eval/tune_cell.h) are not asked.
std::vector<Candidate> Candidates(std::string_view method);

}  // namespace pgts::eval
