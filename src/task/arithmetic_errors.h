// SPDX-License-Identifier: Apache-2.0
// Errors that show in a solution without knowing its answer. None of them proves a mistake (a
// question may hold numbers that nobody needs): they are evidence to weigh
// (reward/calibration.h), not a grade.
#pragma once

#include <string_view>

namespace pgts::task {

// Equations of `text` that do not hold (task/equation.h).
int CountWrongEquations(std::string_view text);

// Distinct numbers of `question` that do not stand in `text`.
int CountUnusedNumbers(std::string_view question, std::string_view text);

}  // namespace pgts::task
