// SPDX-License-Identifier: Apache-2.0
// Countdown, generated: make a target of four to six numbers, each used exactly once, with + - *
// and exact /. Every value on the way is a whole number in [1, 999]. The classic of tree of
// thoughts (Yao et al., NeurIPS 2023, "Game of 24") and of stream of search (Gandhi et al., COLM
// 2024): most first steps lead into dead ends that look like any other step.
//   question   3 7 25 8 make 37
//   solution   25-3=22; 7 8 22 \n 7+8=15; 22 15 \n 22+15=37 \n #### 37
// A step says what it makes and, behind a semicolon, what is left after it.
//
// Grading is exact and needs no reference solution: an answer is read as
//   "3 7 8 25 make 37"     what a valid derivation began with, sorted, and what it ended with
//   "no derivation of 37"  where a step does not follow from the one before, or numbers are left
// and is right if it is the question's own. So every valid derivation of a target agrees with every
// other, whatever its steps.
//
// A problem is a pure function of (split, index), the same on every machine. The hash of the
// question decides which split it may belong to. Training is without end, the others hold 4000.
#pragma once

#include <cstdint>
#include <string_view>

#include "task/task.h"

namespace pgts::task {

class Countdown : public Task {
 public:
  static constexpr int kMinNumbers = 4;
  static constexpr int kMaxNumbers = 6;
  static constexpr int kMaxValue = 999;
  static constexpr int64_t kHeldOutSize = 4000;

  std::string_view name() const override { return "countdown"; }
  int64_t Size(Split split) const override;
  Problem Get(Split split, int64_t index) const override;
  // The question alone: the embedded model was trained on "question\nstep\n...\n#### target\n".
  ProblemPrompt Prompt(const Problem& problem) const override;
  std::optional<std::string> ExtractAnswer(std::string_view steps,
                                           AnswerFilter filter) const override;
};

}  // namespace pgts::task
