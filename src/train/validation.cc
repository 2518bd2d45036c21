// SPDX-License-Identifier: Apache-2.0
#include "train/validation.h"

#include <numeric>
#include <utility>

#include "base/log.h"
#include "policy/returns.h"
#include "search/cot.h"
#include "search/policy_search.h"
#include "train/terms.h"

namespace pgts::train {
namespace {

constexpr int kPrices = 4;  // at which a policy is measured

}  // namespace

Validation::Validation(const session::RunConfig& config, session::Session& session)
    : config_(config),
      session_(session),
      problems_(eval::FirstProblems(session.task(), task::Split::kValidation,
                                    config.loop.validation_problems)) {}

eval::MethodRun Validation::Run(std::string label, search::Worlds worlds) const {
  return {.method = std::move(label),
          .worlds = session_.environment().WorldsOf(worlds),
          .split = task::Split::kValidation,
          .problems = problems_,
          .epoch = world::kValidationEpoch,
          .limits = session::ToLimits(config_.search)};
}

ValidationReading Validation::Measure(tree::Policy& policy, std::string label) {
  search::PolicyClient client(session_.rounds(), policy);
  const search::PolicySearch searcher(client, {});
  const std::vector<double> prices = Prices(config_.terms, kPrices);
  const double share = 1 / static_cast<double>(prices.size());
  ValidationReading mean;
  for (const double price : prices) {
    const ValidationReading at = MeasureAt(price, searcher, label);
    Debug("{} at {:.2g} a token: accuracy {:.3f}, {:.1f} tokens, return {:.3f}", label, price,
          at.accuracy, at.tokens, at.mean_return);
    mean.accuracy += share * at.accuracy;
    mean.tokens += share * at.tokens;
    mean.mean_return += share * at.mean_return;
    mean.answered += share * at.answered;
  }
  return mean;
}

ValidationReading Validation::MeasureAt(double price, const search::Searcher& searcher,
                                        std::string label) {
  eval::MethodRun run = Run(std::move(label), search::Worlds::kTrees);
  run.searcher = &searcher;
  run.limits.token_price = price;
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
  eval::MethodRun run = Run("sampled CoT on validation", search::Worlds::kSampled);
  run.searcher = &searcher;
  run.mean_over_chains = true;
  const eval::MethodResult result = eval::RunMethod(session_.environment(), run);
  return {.accuracy = Mean(result.Correct()),
          .tokens = result.MeanOf(&eval::ProblemRecord::tokens)};
}

}  // namespace pgts::train
