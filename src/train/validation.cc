// SPDX-License-Identifier: Apache-2.0
#include "train/validation.h"

#include <numeric>
#include <utility>

#include "policy/returns.h"
#include "search/cot.h"
#include "search/policy_search.h"

namespace pgts::train {

Validation::Validation(const session::RunConfig& config, session::Session& session)
    : config_(config),
      session_(session),
      problems_(eval::FirstProblems(session.task(), task::Split::kValidation,
                                    config.loop.validation_problems)) {}

eval::MethodRun Validation::Run(std::string label) const {
  return {.method = std::move(label),
          .worlds = &session_.sampled(),
          .split = task::Split::kValidation,
          .problems = problems_,
          .epoch = world::kValidationEpoch,
          .limits = session::ToLimits(config_.search)};
}

ValidationReading Validation::Measure(tree::Policy& policy, std::string label) {
  search::PolicyClient client(session_.rounds(), policy);
  const search::PolicySearch searcher(client, {});
  eval::MethodRun run = Run(std::move(label));
  run.searcher = &searcher;
  double returns = 0;
  run.on_result = [&](const task::Problem&, const search::SearchResult&,
                      const std::vector<tree::Trajectory>& searches) {
    const std::vector<double> rewards = policy::Rewards(searches.front(), config_.rewards);
    returns += std::accumulate(rewards.begin(), rewards.end(), 0.0);
  };
  const eval::MethodResult result = eval::RunMethod(session_.environment(), run);
  return {.accuracy = Mean(result.Correct()),
          .tokens = result.MeanOf(&eval::ProblemRecord::tokens),
          .mean_return = returns / static_cast<double>(result.records.size()),
          .answered = result.MeanOf(&eval::ProblemRecord::answered)};
}

ValidationLine Validation::SampledCot() {
  constexpr int kChains = 4;
  const search::ChainOfThought searcher({.chains = kChains});
  eval::MethodRun run = Run("sampled CoT on validation");
  run.searcher = &searcher;
  run.mean_over_chains = true;
  const eval::MethodResult result = eval::RunMethod(session_.environment(), run);
  return {.accuracy = Mean(result.Correct()),
          .tokens = result.MeanOf(&eval::ProblemRecord::tokens)};
}

}  // namespace pgts::train
