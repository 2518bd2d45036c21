// SPDX-License-Identifier: Apache-2.0
#include "task/step_check.h"

#include <algorithm>
#include <string_view>

#include "task/text.h"

namespace pgts::task {
namespace {

std::string_view WithoutNewline(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  return line;
}

// "3*12=36" as "12*3=36"; empty where the operands may not be exchanged.
std::string Commuted(std::string_view step) {
  const size_t sign = step.find_first_of("+*");
  const size_t equals = step.find('=');
  if (sign == step.npos || equals == step.npos || equals < sign) return {};
  std::string commuted(step.substr(sign + 1, equals - sign - 1));
  return commuted.append(1, step[sign]).append(step.substr(0, sign)).append(step.substr(equals));
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
        all_before && !expected.empty() && (step == expected || step == Commuted(expected));
    correct.push_back(all_before);
    reference.remove_prefix(std::min(expected.size() + 1, reference.size()));
  }
  return correct;
}

}  // namespace pgts::task
