// SPDX-License-Identifier: Apache-2.0
// Threshold rules over the same four actions as PGTS. At the current node v:
//   v terminal, score(v) >= terminate_above   Terminate
//   v terminal below it, v dead, or
//   score(v) < branch_below                   leave v: Branch, else Backtrack, else Terminate
//   otherwise                                 Expand
// An illegal choice falls to the next in the order given; Expand and Terminate come last. The
// strongest such rule is the policy's teacher, and the baseline that it must beat.
#pragma once

#include <vector>

#include "tree/policy.h"

namespace pgts::search {

struct HeuristicRule {
  float branch_below = 0.3F;
  float terminate_above = 0.5F;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("branch_below", branch_below,
      {.min = 0, .max = 1, .help = "Score that a step is left below"});
    v("terminate_above", terminate_above,
      {.min = 0, .max = 1, .help = "Score of an answer that ends the search"});
  }
};

class HeuristicPolicy : public tree::Policy {
 public:
  using Options = HeuristicRule;
  static std::vector<HeuristicRule> Candidates(HeuristicRule fixed = {});
  explicit HeuristicPolicy(HeuristicRule rule) : rule_(rule) {}
  void Decide(std::span<const tree::DecisionRequest> requests,
              std::span<tree::Decision> decisions) override;
  tree::Action Choose(const tree::Tree& tree) const;

 private:
  HeuristicRule rule_;
};

}  // namespace pgts::search
