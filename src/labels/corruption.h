// SPDX-License-Identifier: Apache-2.0
// Wrong solutions made from right ones: one step of a reference solution gets an error of a kind
// that language models make, and the steps after it carry on from its wrong value.
//
//   reference        14+9=23   23*2=46   #### 46
//   wrong_operand    14+8=22   22*2=44   #### 44      a number misread
//   swapped_op       14-9=5    5*2=10    #### 10
//   arithmetic       14+9=24   24*2=48   #### 48      off by one, a carry, two digits exchanged
//   copied_number    14+14=28  28*2=56   #### 56      another number of the text or an earlier step
//   dropped_step     14*2=28   #### 28
//
// Labels: 1 before the wrong step, 0 from it on. No corruption is right by chance: drawn again are
// steps that are right in another order of the steps (14+7 where 7 is added later), and solutions
// that still end in the gold answer. The solution ends before a step that would have no whole
// number as its result, and before one that names the right value in words or in arithmetic that
// task/equation.h does not read.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "labels/step_data.h"
#include "llm/token.h"
#include "llm/tokenizer.h"
#include "task/task.h"

namespace pgts::labels {

enum class CorruptionKind {
  kWrongOperand,
  kSwappedOperation,
  kArithmetic,
  kCopiedNumber,
  kDroppedStep
};

inline constexpr CorruptionKind kCorruptionKinds[] = {
    CorruptionKind::kWrongOperand, CorruptionKind::kSwappedOperation, CorruptionKind::kArithmetic,
    CorruptionKind::kCopiedNumber, CorruptionKind::kDroppedStep};

struct Corruption {
  CorruptionKind kind = CorruptionKind::kWrongOperand;
  size_t wrong_step = 0;           // the first wrong line
  std::vector<std::string> lines;  // without separators
};

// The lines of the reference solution; empty if the problem has none.
std::vector<std::string> SolutionLines(const task::Problem& problem);

// Nothing where the solution has no step that can get this error.
std::optional<Corruption> Corrupt(const task::Problem& problem, CorruptionKind kind,
                                  RandomStream& random);

// Up to `count` different ones. The kinds take turns from a random one on, and every second one is
// arithmetic. A pure function of its arguments.
std::vector<Corruption> CorruptMany(const task::Problem& problem, int count, Key key);

// How lines become steps: each line and the separator, tokenised alone, as a generator writes them.
struct StepFormat {
  const llm::Tokenizer& tokenizer;
  const task::Task& task;
  bool answer_has_separator = true;  // false: this generator ends its text after the answer line
};
std::vector<std::vector<llm::Token>> StepTokens(std::span<const std::string> lines,
                                                const StepFormat& format);

// The labelled solution of a corruption, and of the reference itself (all labels 1).
LabelledSolution Label(const task::Problem& problem, const Corruption& corruption,
                       std::vector<llm::Token> prompt, const StepFormat& format);
LabelledSolution LabelReference(const task::Problem& problem, std::vector<llm::Token> prompt,
                                const StepFormat& format);

// The labelled reference, then up to `count` labelled corruptions of it; empty where none can be
// made. `key` draws them.
struct CorruptionDraw {
  int count = 1;
  Key key;
};
std::vector<LabelledSolution> LabelCorruptions(const task::Problem& problem, CorruptionDraw draw,
                                               const std::vector<llm::Token>& prompt,
                                               const StepFormat& format);

}  // namespace pgts::labels
