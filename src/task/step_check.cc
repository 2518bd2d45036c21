// SPDX-License-Identifier: Apache-2.0
#include "task/step_check.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "task/equation.h"
#include "task/text.h"

namespace pgts::task {
namespace {

std::string_view WithoutNewline(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  return line;
}

// Whether `step` is `expected` with the operands of its sum or product exchanged.
bool IsExchanged(std::string_view step, std::string_view expected) {
  std::optional<BinaryEquation> equation = ParseBinaryEquation(expected);
  if (!equation || (equation->operation != '+' && equation->operation != '*')) return false;
  std::swap(equation->left, equation->right);
  return equation->Line() == step;
}

}  // namespace

std::vector<bool> CheckSteps(const Problem& problem, std::span<const std::string> steps) {
  std::string_view reference = problem.solution;
  std::vector<bool> correct;
  bool all_before = true;
  for (const std::string& text : steps) {
    const std::string_view expected = FirstLine(reference);
    const std::string_view step = WithoutNewline(text);
    // A true reference makes equality with it enough: its arithmetic is right.
    all_before =
        all_before && !expected.empty() && (step == expected || IsExchanged(step, expected));
    correct.push_back(all_before);
    reference.remove_prefix(std::min(expected.size() + 1, reference.size()));
  }
  return correct;
}

}  // namespace pgts::task
