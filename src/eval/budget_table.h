// SPDX-License-Identifier: Apache-2.0
// A comparison over budgets as one table for the terminal, best first, with a legend below it.
#pragma once

#include <string>
#include <vector>

#include "eval/budget_curve.h"

namespace pgts::eval {

// `reach`: accuracies whose cost in tokens is told.
std::string BudgetTable(const BudgetComparison& comparison, const std::vector<double>& reach);

}  // namespace pgts::eval
