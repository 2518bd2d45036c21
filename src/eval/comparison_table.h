// SPDX-License-Identifier: Apache-2.0
// A comparison for the terminal: a table for the columns of each choice, every method in full where
// there is one column, best first where there are several; below them what else can be read off.
#pragma once

#include <string>
#include <vector>

#include "eval/comparison.h"

namespace pgts::eval {

// `reach`: accuracies whose cost in tokens is told.
std::string ComparisonTable(const Comparison& comparison, const std::vector<double>& reach = {});

}  // namespace pgts::eval
