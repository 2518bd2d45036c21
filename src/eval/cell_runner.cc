// SPDX-License-Identifier: Apache-2.0
#include "eval/cell_runner.h"

#include <limits>
#include <utility>

#include "base/log.h"
#include "eval/action_bound.h"
#include "eval/baselines.h"
#include "eval/named_method.h"
#include "eval/sequential_tuning.h"

namespace pgts::eval {
namespace {

// Epochs of further seeds: above the reserved ones, below those of searches that vote.
constexpr int kFirstSeedEpoch = 2'000'000;

constexpr int kMostSequentialChains = 16;

int EpochOf(int64_t seed) {
  return seed == 0 ? static_cast<int>(world::kEvaluationEpoch)
                   : kFirstSeedEpoch + static_cast<int>(seed);
}

bool ChoosesActions(std::string_view method) {
  return method == "heuristic" || method.starts_with("pgts");
}

}  // namespace

CellRunner::CellRunner(const Environment& environment, const CellParts& parts)
    : environment_(environment),
      parts_(parts),
      tuning_{.split = task::Split::kValidation,
              .epoch = world::kValidationEpoch,
              .indices = FirstProblems(environment.task, task::Split::kValidation,
                                       parts.settings.tuning_problems)},
      table_{.split = task::ParseSplit(parts.settings.split), .epoch = 0} {
  table_.indices = FirstProblems(environment.task, table_.split, parts.settings.problems);
}

bool CellRunner::CanServe(const search::Method& method) const {
  switch (method.needs) {
    case search::Needs::kWorld: return true;
    case search::Needs::kScores: return environment_.has_scorer;
    case search::Needs::kGreedyPolicy: return environment_.has_scorer && parts_.greedy != nullptr;
    case search::Needs::kSampledPolicy: return environment_.has_scorer && parts_.sampled != nullptr;
  }
  return false;
}

tree::Limits CellRunner::LimitsOf(const Cell& cell, bool bounded_nodes) const {
  tree::Limits limits = parts_.limits;
  limits.max_tokens = cell.budget;
  if (bounded_nodes) return limits;
  // A step has a token at least: the token budget ends the search first.
  limits.max_nodes = static_cast<int>(cell.budget);
  limits.max_actions = 0;
  if (!ChoosesActions(cell.method)) limits.max_width = parts_.settings.max_width;
  return limits;
}

MethodResult CellRunner::Walk(const Cell& cell, const Candidate& candidate,
                              const Problems& problems) {
  return RunNamedMethod(environment_,
                        {.name = cell.method,
                         .knobs = candidate.knobs,
                         .greedy = parts_.greedy,
                         .sampled = parts_.sampled,
                         .policy_parameters = parts_.policy_parameters,
                         .seed = cell.seed},
                        {.setting = candidate.Text(),
                         .split = problems.split,
                         .problems = problems.indices,
                         .epoch = problems.epoch,
                         .limits = LimitsOf(cell, candidate.bounded_nodes)});
}

Candidate CellRunner::TuneThresholds(const Cell& cell) {
  const tree::Limits limits = LimitsOf(cell, /*bounded_nodes=*/false);
  if (cell.method == "heuristic") {
    const search::HeuristicRule rule =
        BestHeuristic(environment_, {.problems = tuning_.indices, .limits = limits}).rule;
    return {.knobs = AsKnobs(rule)};
  }
  // The chains are drawn under the budget, so that no rule can spend more.
  const search::SequentialRule rule =
      TuneSequential(environment_, {.problems = tuning_.indices,
                                .limits = limits,
                                .max_tokens = std::numeric_limits<double>::infinity(),
                                .max_chains = kMostSequentialChains});
  return {.knobs = AsKnobs(rule)};
}

Candidate CellRunner::BestCandidate(const Cell& cell) {
  const std::vector<Candidate> candidates = Candidates(cell.method);
  if (candidates.size() == 1) return candidates.front();
  std::vector<Tried> tried;
  for (const Candidate& candidate : candidates) {
    const MethodResult result = Walk(cell, candidate, tuning_);
    tried.push_back({.candidate = candidate,
                     .accuracy = Mean(result.Correct()),
                     .tokens = result.MeanOf(&ProblemRecord::tokens)});
    Debug("{} at {} tokens, {}: accuracy {:.3f}, {:.1f} tokens on validation problems", cell.method,
          cell.budget, candidate.Text(), tried.back().accuracy, tried.back().tokens);
  }
  return BestOf(tried);
}

Candidate CellRunner::Tune(const Cell& cell) {
  const bool thresholds = cell.method == "heuristic" || cell.method == "sequential_best_of_n";
  return thresholds ? TuneThresholds(cell) : BestCandidate(cell);
}

MethodResult CellRunner::Run(const Cell& cell, const Candidate& candidate) {
  Problems problems = table_;
  problems.epoch = EpochOf(cell.seed);
  return Walk(cell, candidate, problems);
}

std::vector<double> CellRunner::TokensToRight() const {
  std::vector<double> tokens;
  for (const int64_t seed : parts_.settings.seeds) {
    for (const int64_t index : table_.indices) {
      const task::Problem problem = environment_.task.Get(table_.split, index);
      const auto world = environment_.sampled->Open(problem, EpochOf(seed));
      tokens.push_back(eval::TokensToRight(*world, environment_.task, problem.gold));
    }
  }
  return tokens;
}

}  // namespace pgts::eval
