// SPDX-License-Identifier: Apache-2.0
#include "task/word_problems.h"

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/random.h"
#include "task/word_problem_builder.h"

namespace pgts::task {
namespace {

Problem ToProblem(DrawnProblem drawn, Split split, int64_t index) {
  Problem problem{.index = index,
                  .id = fmt::format("word_problems/{}/{}", SplitName(split), index),
                  .question = std::move(drawn.question),
                  .gold = fmt::format("{}", drawn.answer)};
  for (const std::string& step : drawn.steps) problem.solution += step + "\n";
  problem.solution += "#### " + problem.gold;
  return problem;
}

}  // namespace

Split WordProblems::OwnerOf(std::string_view question) {
  // Of 16 buckets one belongs to each held-out split and the rest to training.
  switch (HashBytes(question) % 16) {
    case 0: return Split::kValidation;
    case 1: return Split::kTest;
    case 2: return Split::kTemplates;
    default: return Split::kTrain;
  }
}

int64_t WordProblems::Size(Split split) const {
  return split == Split::kTrain ? std::numeric_limits<int64_t>::max() : kHeldOutSize;
}

Problem WordProblems::Get(Split split, int64_t index) const {
  if (index < 0 || index >= Size(split)) {
    throw Error::Format("word_problems has no {} problem {}: use 0 to {}", SplitName(split), index,
                        Size(split) - 1);
  }
  const Key key = Key("word-problem").With(SplitName(split)).With(static_cast<uint64_t>(index));
  constexpr int kChoices = WordProblems::kMaxOperations - WordProblems::kMinOperations + 1;
  // Drawn once: rejected draws must not thin out the long problems.
  const int operations = kMinOperations + static_cast<int>(key.Uniform(0) * kChoices);
  for (uint64_t attempt = 0;; ++attempt) {
    std::optional<DrawnProblem> drawn =
        DrawWordProblem(operations, split == Split::kTemplates, RandomStream(key.With(attempt)));
    if (drawn && OwnerOf(drawn->question) == split) {
      return ToProblem(*std::move(drawn), split, index);
    }
  }
}

ProblemPrompt WordProblems::Prompt(const Problem& problem) const {
  return {.user = problem.question};
}

}  // namespace pgts::task
