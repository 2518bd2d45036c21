// SPDX-License-Identifier: Apache-2.0
#include "eval/sequential_tuning.h"

#include <algorithm>

#include "eval/run_method.h"
#include "search/best_of_n.h"

namespace pgts::eval {
namespace {

std::vector<std::vector<ScoredChain>> WalkAll(const Environment& environment, const SequentialSearch& search) {
  std::vector<std::vector<ScoredChain>> all;
  const search::BestOfN searcher({.chains = static_cast<double>(search.max_chains)});
  MethodRun run{.method = "tuning sequential best-of-n",
                .searcher = &searcher,
                .worlds = environment.sampled,
                .split = task::Split::kValidation,
                .problems = search.problems,
                .epoch = world::kValidationEpoch,
                .limits = search.limits};
  run.on_result = [&](const task::Problem& problem, const search::SearchResult& result,
                      const std::vector<tree::Trajectory>&) {
    std::vector<ScoredChain>& chains = all.emplace_back();
    for (const search::ChainResult& chain : result.chains) {
      const bool answered = !chain.answer.empty();
      chains.push_back({.tokens = static_cast<double>(chain.charges.tokens),
                        .score = chain.score,
                        .answered = answered,
                        .right = answered && environment.task.Same(chain.answer, problem.gold)});
    }
  };
  RunMethod(environment, run);
  return all;
}

std::vector<search::SequentialRule> Rules(int max_chains) {
  std::vector<search::SequentialRule> rules;
  for (int most : {2, 3, 4, 5, 6, 8, 12, 16}) {
    if (most > max_chains) continue;
    for (int percent = 5; percent <= 95; percent += 5) rules.push_back({percent / 100.0, most});
    for (double high : {0.97, 0.98, 0.99}) rules.push_back({high, most});
  }
  return rules;
}

}  // namespace

SequentialOutcome Simulate(const search::SequentialRule& rule,
                           std::span<const std::vector<ScoredChain>> chains_of_problem) {
  SequentialOutcome outcome;
  for (const std::vector<ScoredChain>& chains : chains_of_problem) {
    const ScoredChain* best = nullptr;
    const int most = std::min<int>(rule.max_chains, static_cast<int>(chains.size()));
    for (int i = 0; i < most; ++i) {
      const ScoredChain& chain = chains[i];
      outcome.tokens += chain.tokens;
      if (!chain.answered) continue;
      if (best == nullptr || chain.score > best->score) best = &chain;
      if (chain.score >= static_cast<float>(rule.threshold)) break;  // as the searcher compares
    }
    outcome.accuracy += best != nullptr && best->right ? 1 : 0;
  }
  const double n = static_cast<double>(chains_of_problem.size());
  return {outcome.accuracy / n, outcome.tokens / n};
}

search::SequentialRule TuneSequential(const Environment& environment, const SequentialSearch& search) {
  const std::vector<std::vector<ScoredChain>> chains = WalkAll(environment, search);
  search::SequentialRule best{.threshold = 0, .max_chains = 1};
  SequentialOutcome best_outcome = Simulate(best, chains);
  for (const search::SequentialRule& rule : Rules(search.max_chains)) {
    const SequentialOutcome outcome = Simulate(rule, chains);
    if (outcome.tokens > search.max_tokens) continue;
    const bool better =
        outcome.accuracy > best_outcome.accuracy ||
        (outcome.accuracy == best_outcome.accuracy && outcome.tokens < best_outcome.tokens);
    if (!better) continue;
    best = rule;
    best_outcome = outcome;
  }
  return best;
}

}  // namespace pgts::eval
