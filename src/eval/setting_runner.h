// SPDX-License-Identifier: Apache-2.0
// Runs one setting of a method over problems, with or without a cap on the tokens of each: what
// every comparison, and the choice of a teacher, is made of.
//
// Limits. The methods that choose among the four actions keep the run's own, which are part of what
// the policy was trained in. The others may try `max_width` attempts below a node, and their nodes
// are not limited. A cap takes the place of the limits on nodes and actions, but where the setting
// keeps the run's. max_depth is the run's for all.
#pragma once

#include <cstdint>
#include <vector>

#include "eval/environment.h"
#include "eval/run_method.h"
#include "eval/tuning.h"
#include "search/methods.h"

namespace pgts::eval {

struct ProblemSet {
  task::Split split = task::Split::kTest;
  std::vector<int64_t> indices;
  int epoch = world::kEvaluationEpoch;
};

class SettingRunner {
 public:
  struct Parts {
    tree::Limits limits;  // the run's own
    int max_width = 64;
    tree::Policy* greedy = nullptr;   // null: no trained policy
    tree::Policy* sampled = nullptr;  // the same, drawing its actions
    int64_t policy_parameters = 0;    // for FLOPs
  };
  SettingRunner(const Environment& environment, const Parts& parts)
      : environment_(environment), parts_(parts) {}

  const Environment& environment() const { return environment_; }

  // Whether environment and parts hold what the method needs.
  bool CanServe(const search::Method& method) const;

  tree::Limits LimitsOf(const search::Setting& setting, int64_t cap) const;

  // `seed` names the draws of the searches.
  MethodResult Run(const search::Method& method, const Option& option, const ProblemSet& problems,
                   int64_t seed = 0, decltype(MethodRun::on_result) on_result = {}) const;
  Tried Try(const search::Method& method, const Option& option, const ProblemSet& problems,
            int64_t seed = 0) const;
  // What each of the method's candidates comes to, without a cap.
  std::vector<Outcome> TryEach(const search::Method& method, const ProblemSet& problems) const;

 private:
  Environment environment_;
  Parts parts_;
};

}  // namespace pgts::eval
