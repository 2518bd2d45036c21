// SPDX-License-Identifier: Apache-2.0
// Accuracy against generated tokens as one picture that needs no page beside it: the title says the
// result, every line bears its name and has a colour and a marker of its own (Okabe and Ito 2008,
// for colour-blind readers), bars are 95 % intervals.
#pragma once

#include <string>
#include <vector>

#include "eval/budget_curve.h"

namespace pgts::eval {

// `in_colour`: the methods with a name and a colour, drawn if they were run; the others are thin
// and grey.
std::string BudgetPicture(const BudgetComparison& comparison,
                          const std::vector<std::string>& in_colour);

}  // namespace pgts::eval
