// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "base/log.h"
#include "eval/baselines.h"
#include "search/policy_search.h"

namespace pgts::eval {
namespace {

std::vector<search::HeuristicRule> Grid() {
  std::vector<search::HeuristicRule> grid;
  for (float branch_below : {0.0F, 0.1F, 0.25F, 0.4F, 0.6F}) {
    for (float terminate_above : {0.0F, 0.5F, 0.8F, 0.95F}) {
      grid.push_back({branch_below, terminate_above});
    }
  }
  return grid;
}

bool IsBetter(const HeuristicChoice& a, const HeuristicChoice& b, double max_tokens) {
  const bool a_fits = max_tokens <= 0 || a.tokens <= max_tokens;
  const bool b_fits = max_tokens <= 0 || b.tokens <= max_tokens;
  if (a_fits != b_fits) return a_fits;
  if (!a_fits) return a.tokens < b.tokens;
  return a.accuracy != b.accuracy ? a.accuracy > b.accuracy : a.tokens < b.tokens;
}

}  // namespace

HeuristicChoice BestHeuristic(const Environment& environment, const HeuristicSearch& search) {
  std::optional<HeuristicChoice> best;
  for (const search::HeuristicRule& rule : Grid()) {
    search::HeuristicPolicy policy(rule);
    search::PolicyClient client(environment.rounds, policy);
    const search::PolicySearch searcher(client, {});
    const MethodResult result = RunMethod(environment, {.method = "tuning the heuristic",
                                                    .searcher = &searcher,
                                                    .worlds = environment.sampled,
                                                    .split = search.split,
                                                    .problems = search.problems,
                                                    .epoch = search.epoch,
                                                    .limits = search.limits});
    const HeuristicChoice choice{rule, Mean(result.Correct()),
                                 result.MeanOf(&ProblemRecord::tokens)};
    Debug("heuristic branch below {:.2f}, terminate above {:.2f}: accuracy {:.3f}, {:.1f} tokens",
          rule.branch_below, rule.terminate_above, choice.accuracy, choice.tokens);
    if (!best || IsBetter(choice, *best, search.max_tokens)) best = choice;
  }
  return *best;
}

}  // namespace pgts::eval
