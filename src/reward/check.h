// SPDX-License-Identifier: Apache-2.0
// One thing that was looked at: what the gate, and with more of them `pgts doctor`, reports.
#pragma once

#include <string>

namespace pgts::reward {

struct Check {
  std::string name;
  std::string reading;  // what was measured, and what is wanted
  std::string problem;  // one sentence with its cure; empty: nothing is wrong

  bool passed() const { return problem.empty(); }
};

}  // namespace pgts::reward
