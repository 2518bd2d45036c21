// SPDX-License-Identifier: Apache-2.0
#include "search/heuristic_policy.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <utility>

namespace pgts::search {
namespace {

using tree::Action;

Action FirstLegal(tree::ActionMask legal, std::initializer_list<Action> order) {
  for (Action action : order) {
    if (legal.Has(action)) return action;
  }
  return Action::kTerminate;  // unreachable: something is always legal
}

}  // namespace

HeuristicRule HeuristicOptions::On(const world::ScoreQuantiles& scores) const {
  return {.branch_below = world::Threshold(scores.steps, branch_quantile),
          .terminate_above = world::Threshold(scores.answers, terminate_quantile),
          .backtrack_first = backtrack_first,
          .patience = patience};
}

std::vector<HeuristicOptions> HeuristicPolicy::Candidates(HeuristicOptions) {
  std::vector<HeuristicOptions> candidates;
  for (const double patience : {1.0, 0.4, 0.2}) {
    for (const bool backtrack_first : {false, true}) {
      for (const double branch_quantile : {0.0, 0.1, 0.25, 0.4}) {
        for (const double terminate_quantile : {0.0, 0.3, 0.5, 0.7, 0.9}) {
          candidates.push_back({branch_quantile, terminate_quantile, backtrack_first, patience});
        }
      }
    }
  }
  return candidates;
}

HeuristicPolicy HeuristicPolicy::ForPrices(std::vector<PricedRule> rules) {
  HeuristicPolicy policy(HeuristicRule{});
  policy.rules_ = std::move(rules);
  return policy;
}

const HeuristicRule& HeuristicPolicy::RuleAt(double token_price) const {
  const auto distance = [token_price](const PricedRule& priced) {
    return token_price > 0 ? std::abs(std::log(priced.token_price / token_price)) : 0.0;
  };
  return std::ranges::min_element(rules_, {}, distance)->rule;
}

tree::Action HeuristicPolicy::Choose(const tree::Tree& tree) const {
  const HeuristicRule& rule = RuleAt(tree.limits().token_price);
  const tree::ActionMask legal = tree.Legal();
  const tree::NodeId current = tree.current();
  const tree::Child& v = tree.node(current).child;
  if (tree.NodesWithoutRoot() >= rule.patience * tree.limits().max_nodes) {
    return FirstLegal(legal,
                      {Action::kTerminate, Action::kExpand, Action::kBranch, Action::kBacktrack});
  }
  if (v.terminal && v.score >= rule.terminate_above) return Action::kTerminate;
  const bool leave =
      v.terminal || v.dead || (current != tree::kRoot && v.score < rule.branch_below);
  if (leave) {
    const Action first = rule.backtrack_first ? Action::kBacktrack : Action::kBranch;
    return FirstLegal(
        legal, {first, Action::kBranch, Action::kBacktrack, Action::kExpand, Action::kTerminate});
  }
  return FirstLegal(legal,
                    {Action::kExpand, Action::kBranch, Action::kBacktrack, Action::kTerminate});
}

void HeuristicPolicy::Decide(std::span<const tree::DecisionRequest> requests,
                             std::span<tree::Decision> decisions) {
  for (size_t i = 0; i < requests.size(); ++i) {
    decisions[i] = {};
    decisions[i].action = Choose(*requests[i].tree);
    decisions[i].probabilities[static_cast<int>(decisions[i].action)] = 1;
  }
}

}  // namespace pgts::search
