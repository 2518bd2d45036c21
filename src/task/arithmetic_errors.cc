// SPDX-License-Identifier: Apache-2.0
#include "task/arithmetic_errors.h"

#include <algorithm>
#include <set>
#include <vector>

#include "task/equation.h"
#include "task/number.h"

namespace pgts::task {
namespace {

std::set<double> DistinctNumbers(std::string_view text) {
  const std::vector<double> numbers = Numbers(text);
  return {numbers.begin(), numbers.end()};
}

}  // namespace

int CountWrongEquations(std::string_view text) {
  return static_cast<int>(std::ranges::count(FindEquations(text), false, &Equation::holds));
}

int CountUnusedNumbers(std::string_view question, std::string_view text) {
  const std::set<double> used = DistinctNumbers(text);
  return static_cast<int>(std::ranges::count_if(
      DistinctNumbers(question), [&](double number) { return !used.contains(number); }));
}

}  // namespace pgts::task
