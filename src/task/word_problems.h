// SPDX-License-Identifier: Apache-2.0
// Grade-school word problems, generated: the task of the embedded model.
//
// A problem follows one quantity through 5 to 9 operations (uniform): sums, differences, products,
// exact quotients; some operations need a second quantity first ("buys 3 packs of 12"), some
// sentences are told in reverse order ("doubles them, but first loses 4"), and about a third of
// the problems carry a number that must not be used. All values are integers in [1, 999].
//   question   Rosa fills 9 bags with 32 pens each. Then she keeps half. She sells 8 bags of 23,
//              but first she makes them 2 times as many. How many pens now?
//   solution   9*32=288 \n 288/2=144 \n 144*2=288 \n 8*23=184 \n 288-184=104 \n #### 104
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
  static constexpr int kMinOperations = 5;
  static constexpr int kMaxOperations = 9;
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
