// SPDX-License-Identifier: Apache-2.0
// Draws one word problem: a plan of operations with its numbers, the reference steps, the wording.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "task/word_problem_phrases.h"

namespace pgts::task {

struct DrawnProblem {
  std::string question;
  std::vector<std::string> steps;  // one line an operation, without the answer line
  int answer = 0;
};

// A problem of exactly `operations` operations; nullopt where the draws led into a corner (nothing
// divides, a value too large): draw again with another stream.
std::optional<DrawnProblem> DrawWordProblem(int operations, bool held_out_wording,
                                            RandomStream random);

}  // namespace pgts::task
