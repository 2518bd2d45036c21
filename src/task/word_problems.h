// SPDX-License-Identifier: Apache-2.0
// Grade-school word problems, generated: the task of the embedded model.
//
// A problem follows one quantity through 2 to 6 operations (uniform): sums, differences, products,
// exact quotients; some operations need a second quantity first ("buys 3 packs of 12"), some
// sentences are told in reverse order ("doubles them, but first loses 4"), and about a third of
// the problems carry a number that must not be used. All values are integers in [1, 999].
//   question   Tom has 14 pens. He buys 9 and doubles them. How many pens now?
//   solution   14+9=23 \n 23*2=46 \n #### 46
//
// A problem is a pure function of (split, index), the same on every machine. The hash of the
// question decides which split a question may belong to, so splits share none; kTemplates is
// worded with phrases that no other split uses. Training is without end, the others hold 4000.
#pragma once

#include <cstdint>
#include <string_view>

#include "task/task.h"

namespace pgts::task {

class WordProblems : public Task {
 public:
  static constexpr int kMinOperations = 2;
  static constexpr int kMaxOperations = 6;
  static constexpr int64_t kHeldOutSize = 4000;
  static constexpr int kMaxValue = 999;

  std::string_view name() const override { return "word_problems"; }
  int64_t Size(Split split) const override;
  Problem Get(Split split, int64_t index) const override;
  // The question alone: the embedded model was trained on "question\nstep\n...\n#### answer\n".
  ProblemPrompt Prompt(const Problem& problem) const override;

  // The only split that may hold this question.
  static Split OwnerOf(std::string_view question);
};

}  // namespace pgts::task
