// SPDX-License-Identifier: Apache-2.0
// Accuracy against generated tokens as one picture that needs no page beside it: the title says the
// result; every method has a colour, a marker and a dash of its own (colours after Okabe and Ito
// 2008, told apart by colour-blind readers; the rest survives grey print) and a line in the legend
// with what it reaches; bars are 95 % intervals. Narrow, so that it can be read on a phone. A
// method's curve goes over the prices of a token, or where there are none over the caps
// (Comparison::Curves).
#pragma once

#include <string>
#include <vector>

#include "eval/comparison.h"

namespace pgts::report {

// `in_colour`: the methods with a colour and a name, drawn if they were run; the others are thin
// and grey.
std::string ComparisonPicture(const eval::Comparison& comparison,
                              const std::vector<std::string>& in_colour);

}  // namespace pgts::report
