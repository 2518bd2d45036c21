// SPDX-License-Identifier: Apache-2.0
// Threshold rules over the same four actions as PGTS, with thresholds given as quantiles of the
// judge's scores (world/score_quantiles.h). At the current node v:
//   v terminal, score(v) >= terminate_above   Terminate
//   v terminal below it, v dead, or
//   score(v) < branch_below                   leave v: Branch, else Backtrack, else Terminate;
//                                             with backtrack_first Backtrack, else Branch
//   otherwise                                 Expand
// and, whatever v is, once `patience` of the nodes are spent: Terminate, else Expand.
// An illegal choice falls to the next in the order given; Expand and Terminate come last. The
// strongest such rule is the policy's teacher, and the baseline that it must beat.
#pragma once

#include <utility>
#include <vector>

#include "tree/policy.h"
#include "world/score_quantiles.h"

namespace pgts::search {

// With thresholds as scores.
struct HeuristicRule {
  float branch_below = 0.3F;
  float terminate_above = 0.5F;
  bool backtrack_first = false;
  double patience = 1;
};

// With thresholds as shares of the scores that lie below them.
struct HeuristicOptions {
  double branch_quantile = 0.3;
  double terminate_quantile = 0.5;
  bool backtrack_first = false;
  double patience = 1;

  HeuristicRule On(const world::ScoreQuantiles& scores) const;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("branch_quantile", branch_quantile,
      {.min = 0, .max = 1, .help = "Share of steps so bad that they are left"});
    v("terminate_quantile", terminate_quantile,
      {.min = 0, .max = 1, .help = "Share of answers too bad to end the search"});
    v("backtrack_first", backtrack_first,
      {.help = "Whether a node is left for an ancestor rather than for a sibling"});
    v("patience", patience,
      {.min = 0,
       .max = 1,
       .help = "Share of max_nodes after which the best answer so far is taken"});
  }
};

struct PricedRule {
  double token_price = 0;
  HeuristicRule rule;
};

class HeuristicPolicy : public tree::Policy {
 public:
  using Options = HeuristicOptions;
  static std::vector<HeuristicOptions> Candidates(HeuristicOptions fixed = {});
  HeuristicPolicy(const HeuristicOptions& options, const world::ScoreQuantiles& scores)
      : HeuristicPolicy(options.On(scores)) {}
  explicit HeuristicPolicy(HeuristicRule rule) : rules_{{.rule = rule}} {}
  // Each search goes by the rule whose price is nearest to its own, by ratio; at least one rule.
  static HeuristicPolicy ForPrices(std::vector<PricedRule> rules);
  void Decide(std::span<const tree::DecisionRequest> requests,
              std::span<tree::Decision> decisions) override;
  tree::Action Choose(const tree::Tree& tree) const;

 private:
  const HeuristicRule& RuleAt(double token_price) const;

  std::vector<PricedRule> rules_;
};

}  // namespace pgts::search
