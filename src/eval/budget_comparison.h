// SPDX-License-Identifier: Apache-2.0
// Methods x budgets x seeds, cell by cell.
#pragma once

#include <string>
#include <vector>

#include "eval/budget_curve.h"
#include "eval/cell_runner.h"

namespace pgts::eval {

// Runs what the folder does not hold yet. Throws Interrupted at a stop request; what was finished
// is kept.
BudgetComparison CompareBudgets(const Environment& environment, const CellParts& parts, const CellFolder& folder);

// The methods that the comparison runs: those named, or all that can be served. Error for a named
// one that cannot be.
std::vector<std::string> MethodsToRun(const CellRunner& runner, const CompareSettings& settings);

}  // namespace pgts::eval
