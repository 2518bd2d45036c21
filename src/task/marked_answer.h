// SPDX-License-Identifier: Apache-2.0
// The answer behind a mark such as "####", on its line.
//
// Models also write "####" for a Markdown heading, which is no answer:
//   "#### 1. Count the eggs", "#### Step 2: ..."   a number below ten that counts what follows
//   "#### Explanation"                             no number, and the text goes on below it
// A heading may be closed: "#### 18 ####" is 18. Words that end the text ("#### N/A",
// "#### eighteen") say that there is no number.
//
// All texts are folded (task/fold_text.h). Linear in the length of the text.
#pragma once

#include <cstddef>
#include <string_view>

#include "task/answer_place.h"

namespace pgts::task {

// Behind the last mark.
PlaceReading LastMarked(std::string_view text, std::string_view mark);

// The same, passing over headings and over marks with nothing behind them.
PlaceReading LastMarkedAnswer(std::string_view text, std::string_view mark);

// The offset after the first digit of the first mark that has an answer; npos: none has.
size_t EndOfFirstMarked(std::string_view text, std::string_view mark);

}  // namespace pgts::task
