// SPDX-License-Identifier: Apache-2.0
// The exact truth about the steps of a generated word problem, for judging a reward model.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "task/problem.h"

namespace pgts::task {

// correct[i]: step i is the reference step at its place (the operands of + and * may stand in
// either order) with the right result, and so are all steps before it. Steps may carry their
// newline. Steps after the answer line are not correct. Meant for tasks whose solutions are
// "a<op>b=c" lines (word_problems).
std::vector<bool> CheckSteps(const Problem& problem, std::span<const std::string> steps);

}  // namespace pgts::task
