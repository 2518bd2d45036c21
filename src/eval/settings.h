// SPDX-License-Identifier: Apache-2.0
// Group `eval`: what `pgts eval` measures.
#pragma once

#include <cstdint>
#include <string>

namespace pgts::eval {

struct EvalSettings {
  std::string split = "test";
  int64_t limit = 300;
  int64_t tuning_problems = 200;
  int chains = 16;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("split", split,
      {.choices = {"train", "validation", "test", "templates"},
       .help = "Problems of the final tables"});
    v("limit", limit,
      {.min = 1, .max = 1'000'000, .unit = "problems", .help = "How many of them (also --limit)"});
    v("tuning_problems", tuning_problems,
      {.min = 1,
       .max = 1'000'000,
       .unit = "problems",
       .help = "Validation problems that set the baselines' hyperparameters"});
    v("chains", chains, {.min = 1, .max = 256, .help = "Chains behind cot_sampled"});
  }
};

}  // namespace pgts::eval
