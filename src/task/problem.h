// SPDX-License-Identifier: Apache-2.0
// One problem of a task, and the splits that problems come in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pgts::task {

// kTemplates is a second test split whose wording was held out of all the others.
enum class Split { kTrain, kValidation, kTest, kTemplates };

inline constexpr Split kAllSplits[] = {Split::kTrain, Split::kValidation, Split::kTest,
                                       Split::kTemplates};

std::string_view SplitName(Split split);  // "train", "validation", "test", "templates"
Split ParseSplit(std::string_view name);  // throws Error for any other name

struct Problem {
  int64_t index = 0;     // place in its split
  std::string id;        // unique in the task: "word_problems/test/17"
  std::string shown;     // what messages call it; empty: its id
  std::string question;  // as the user would type it, no trailing newline
  std::string gold;      // normalised gold answer (task/answer.h)
  std::string solution;  // reference steps, one a line, the last line "#### <gold>"; no newline
                         // after it; empty where the source has none

  // Whether an answer as Task::ExtractAnswer gives it is the gold answer; "" is no answer. This
  // alone decides right or wrong, everywhere: answers are normalised, so that equal ones are equal
  // strings. Task::Grade asks it about a text.
  bool IsRight(std::string_view answer) const { return !answer.empty() && answer == gold; }
};

}  // namespace pgts::task
