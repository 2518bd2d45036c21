// SPDX-License-Identifier: Apache-2.0
// Which setting of a method is taken, from what each came to on validation problems. One rule for
// every method. With A(s) a setting's accuracy, as a share, and T(s) its mean tokens a problem:
//
//   at a price p     argmax_s A(s) - p T(s);  ties to fewer tokens, then to the first.
//                    p = 0: the most accurate
//   at given tokens  of the frontier (the settings that some price p >= 0 takes: the upper convex
//                    hull from the cheapest to the most accurate) the neighbours a, b with
//                    T(a) <= tokens < T(b): b for a share w = (tokens - T(a)) / (T(b) - T(a)) of
//                    the problems and a for the others, which spends exactly `tokens`;
//                    below the cheapest or above the most accurate: that one
//
// Settings are compared on the problems that all of them could walk: a stored world may lack steps.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace pgts::eval {

// A setting as it can be walked.
struct Option {
  size_t candidate = 0;  // of the method
  int64_t cap = 0;       // tokens of one problem; 0: none, the search ends by itself

  bool operator==(const Option&) const = default;
};

// ... on validation problems, the same ones in the same order for every option.
struct Tried {
  Option option;
  std::vector<double> correct;  // [problems] in [0, 1]; NaN: the walk was not recorded
  std::vector<double> tokens;   // [problems]
};

struct Outcome {
  double accuracy = 0;
  double tokens = 0;  // mean
};

// Over the problems that all of them walked; `left_out` says how many others there are. Error,
// naming `method`, if all were left out.
struct Outcomes {
  std::vector<Outcome> of;  // parallel to what was tried
  size_t left_out = 0;
};
Outcomes OutcomesOf(std::span<const Tried> tried, const std::string& method);

// Indices into the outcomes; at least one outcome.
size_t BestAtPrice(std::span<const Outcome> outcomes, double price);
std::vector<size_t> Frontier(std::span<const Outcome> outcomes);  // tokens increase

// An outcome that is taken for a share of the problems.
struct Part {
  size_t outcome = 0;
  double share = 1;  // in (0, 1]
};
std::vector<Part> MixAtTokens(std::span<const Outcome> outcomes, double tokens);  // shares sum to 1

}  // namespace pgts::eval
