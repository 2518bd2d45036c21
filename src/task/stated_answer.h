// SPDX-License-Identifier: Apache-2.0
// The answer that a text states in words:
//
//   a label that opens a line or sentence    "Answer: 18", "**Final answer** - 18", "A: 18",
//                                            "<answer>18", "\"answer\": 18"
//   a sentence                               "the answer to this problem is about 18"
//
// No statement: the verb ("can answer 30 questions"), what is done to the answer ("check the
// answer: 18 / 2 = 9"), and work that begins at a label, which is a list ("Answer: 1. ...\n2. ...")
// or a calculation that others follow ("Answer: 48 / 2 = 24.\n48 + 24 = 72").
//
// All texts are folded (task/fold_text.h). Linear in the length of the text.
#pragma once

#include <cstddef>
#include <string_view>

#include "task/answer_place.h"

namespace pgts::task {

PlaceReading LastStated(std::string_view text);

// The offset after the first statement's first digit; npos: none states a number.
size_t EndOfFirstStated(std::string_view text);

}  // namespace pgts::task
