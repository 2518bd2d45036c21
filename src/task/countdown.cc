// SPDX-License-Identifier: Apache-2.0
#include "task/countdown.h"

#include <fmt/ranges.h>
#include <re2/re2.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "task/equation.h"

namespace pgts::task {
namespace {

constexpr int kMaxNumber = 25;  // of the question
constexpr int kMaxTarget = 200;
constexpr int kLargestProduct = 300;  // so that products do not lead far away

using Multiset = std::vector<int64_t>;  // of a few numbers

std::string Join(const Multiset& numbers) { return fmt::format("{}", fmt::join(numbers, " ")); }

std::string Question(Multiset numbers, int64_t target) {
  return fmt::format("{} make {}", Join(numbers), target);
}

std::string Gold(Multiset numbers, int64_t target) {
  std::ranges::sort(numbers);
  return Question(std::move(numbers), target);
}

struct Drawn {
  Multiset numbers;
  int64_t target = 0;
  std::string steps;
};

// One step of a drawn derivation; nothing if this draw does not do.
bool DrawCountdownStep(RandomStream& random, Multiset& left, std::string& steps) {
  const auto take = [&] {
    const int at = random.Below(static_cast<int>(left.size()));
    const int64_t number = left[at];
    left.erase(left.begin() + at);
    return number;
  };
  Multiset before = left;
  const int64_t a = take(), b = take();
  const int kind = random.Below(10);
  const char operation = kind < 4 ? '+' : kind < 7 ? '-' : kind < 9 ? '*' : '/';
  const std::optional<int64_t> value = Evaluate(a, operation, b);
  const bool fits = value && *value >= 1 && *value <= Countdown::kMaxValue &&
                    (operation != '*' || (*value <= kLargestProduct && a > 1 && b > 1)) &&
                    (operation != '/' || b > 1);
  if (!fits) {
    left = std::move(before);
    return false;
  }
  steps += fmt::format("{}{}{}={}", a, operation, b, *value);
  left.push_back(*value);
  if (left.size() > 1) steps += "; " + Join(left);
  steps += "\n";
  return true;
}

std::optional<Drawn> Draw(int count, RandomStream random) {
  Drawn drawn;
  for (int i = 0; i < count; ++i) drawn.numbers.push_back(1 + random.Below(kMaxNumber));
  Multiset left = drawn.numbers;
  for (int tries = 0; left.size() > 1; ++tries) {
    if (tries > 40) return std::nullopt;
    DrawCountdownStep(random, left, drawn.steps);
  }
  drawn.target = left.front();
  if (drawn.target < 10 || drawn.target > kMaxTarget) return std::nullopt;
  return drawn;
}

Split OwnerOfQuestion(std::string_view question) {
  switch (HashBytes(question) % 16) {
    case 0: return Split::kValidation;
    case 1: return Split::kTest;
    case 2: return Split::kTemplates;
    default: return Split::kTrain;
  }
}

// Takes the numbers of `wanted` out of `from`; false if one is not there.
bool TakeOut(Multiset& from, const Multiset& wanted) {
  for (const int64_t number : wanted) {
    const auto found = std::ranges::find(from, number);
    if (found == from.end()) return false;
    from.erase(found);
  }
  return true;
}

// "25-3=22; 7 8 22" in parts.
struct Step {
  Multiset operands;
  int64_t result = 0;
  Multiset left;  // after it
};

std::optional<Step> ReadStep(std::string_view line) {
  static const RE2 kStep(R"((\d{1,9})([-+*/])(\d{1,9})=(\d{1,9})(?:; (\d{1,9}(?: \d{1,9})*))?)");
  int64_t a = 0, b = 0, result = 0;
  std::string operation, rest;
  if (!RE2::FullMatch(line, kStep, &a, &operation, &b, &result, &rest)) return std::nullopt;
  if (Evaluate(a, operation[0], b) != result) return std::nullopt;
  Step step{.operands = {a, b}, .result = result};
  static const RE2 kNumber(R"( ?(\d+))");
  re2::StringPiece numbers(rest);
  int64_t number = 0;
  while (RE2::Consume(&numbers, kNumber, &number)) {
    if (step.left.size() == Countdown::kMaxNumbers) return std::nullopt;
    step.left.push_back(number);
  }
  if (step.left.empty()) step.left.push_back(result);
  return step;
}

// What the steps began with, if each follows from the one before and one number is left: `target`.
std::optional<Multiset> ReadDerivation(std::string_view steps, int64_t target) {
  Multiset began, left;
  while (!steps.empty()) {
    const size_t end = std::min(steps.find('\n'), steps.size());
    const std::string_view line = steps.substr(0, end);
    steps.remove_prefix(std::min(end + 1, steps.size()));
    const std::optional<Step> step = ReadStep(line);
    if (!step) return std::nullopt;
    if (began.empty()) {  // what is left, and what was used instead of the result
      began = step->left;
      if (!TakeOut(began, {step->result})) return std::nullopt;
      began.insert(began.end(), step->operands.begin(), step->operands.end());
    } else {
      if (!TakeOut(left, step->operands)) return std::nullopt;
      left.push_back(step->result);
      Multiset said = step->left;
      std::ranges::sort(said);
      std::ranges::sort(left);
      if (said != left) return std::nullopt;
    }
    left = step->left;
  }
  if (left != Multiset{target}) return std::nullopt;
  return began;
}

}  // namespace

int64_t Countdown::Size(Split split) const {
  return split == Split::kTrain ? std::numeric_limits<int64_t>::max() : kHeldOutSize;
}

Problem Countdown::Get(Split split, int64_t index) const {
  if (index < 0 || index >= Size(split)) {
    throw Error::Format("countdown has no {} problem {}: use 0 to {}", SplitName(split), index,
                        Size(split) - 1);
  }
  const Key key = Key("countdown").With(SplitName(split)).With(static_cast<uint64_t>(index));
  constexpr int kChoices = kMaxNumbers - kMinNumbers + 1;
  // Drawn once: rejected draws must not thin out the long problems.
  const int count = kMinNumbers + static_cast<int>(key.Uniform(0) * kChoices);
  for (uint64_t attempt = 0;; ++attempt) {
    const std::optional<Drawn> drawn = Draw(count, RandomStream(key.With(attempt)));
    if (!drawn) continue;
    std::string question = Question(drawn->numbers, drawn->target);
    if (OwnerOfQuestion(question) != split) continue;
    return {.index = index,
            .id = fmt::format("countdown/{}/{}", SplitName(split), index),
            .question = std::move(question),
            .gold = Gold(drawn->numbers, drawn->target),
            .solution = fmt::format("{}#### {}", drawn->steps, drawn->target)};
  }
}

ProblemPrompt Countdown::Prompt(const Problem& problem) const { return {.user = problem.question}; }

std::optional<std::string> Countdown::ExtractAnswer(std::string_view steps,
                                                    AnswerFilter filter) const {
  const std::optional<std::string> stated = ExtractNumber(steps, filter);
  if (!stated) return std::nullopt;
  const size_t mark = steps.rfind("####");
  int64_t target = 0;
  if (mark != steps.npos && RE2::FullMatch(*stated, R"((\d{1,9}))", &target)) {
    if (std::optional<Multiset> began = ReadDerivation(steps.substr(0, mark), target)) {
      return Gold(*std::move(began), target);
    }
  }
  return fmt::format("no derivation of {}", *stated);
}

}  // namespace pgts::task
