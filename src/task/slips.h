// SPDX-License-Identifier: Apache-2.0
// What is wrong with a solution at sight, without knowing the answer:
//   equations that do not hold   "3 * 12 = 26"; to half a percent, as rounded results do
//   numbers left out             whole numbers and decimals of the question that a finished
//   solution
//                                never names
// Neither proves a mistake (a question may hold numbers that nobody needs), so that it is evidence
// to weigh (reward/calibration.h), not a grade.
#pragma once

#include <string_view>

namespace pgts::task {

// Equations of `text` with a calculation on the left and a number on the right that do not agree.
int BrokenEquations(std::string_view text);

// Distinct numbers of `question` that do not stand in `text`.
int NumbersLeftOut(std::string_view question, std::string_view text);

// Both; the second of a finished solution only.
int Slips(std::string_view question, std::string_view text, bool finished);

}  // namespace pgts::task
