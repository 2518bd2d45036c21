// SPDX-License-Identifier: Apache-2.0
#include "reward/judge_solutions.h"

#include <algorithm>
#include <numeric>

#include "base/progress.h"
#include "base/stop.h"
#include "llm/prefix.h"
#include "reward/training_rows.h"

namespace pgts::reward {
namespace {

constexpr size_t kSolutionsACall = 64;  // between two looks at the stop request

bool LacksLogProb(const labels::LabelledSolution& solution) {
  return std::ranges::any_of(solution.steps, [](const auto& step) { return !step.log_prob; });
}

std::vector<llm::Token> StepsOf(const labels::LabelledSolution& solution) {
  std::vector<llm::Token> tokens;
  for (const labels::LabelledStep& step : solution.steps) {
    tokens.insert(tokens.end(), step.tokens.begin(), step.tokens.end());
  }
  return tokens;
}

}  // namespace

void AddLogProbs(llm::Likelihood& generator, std::span<labels::LabelledSolution> solutions) {
  std::vector<labels::LabelledSolution*> lacking;
  std::vector<llm::LikelihoodRequest> requests;
  for (labels::LabelledSolution& solution : solutions) {
    if (!LacksLogProb(solution)) continue;
    lacking.push_back(&solution);
    requests.push_back(
        {.prefix = llm::Extend(nullptr, solution.prompt), .tokens = StepsOf(solution)});
  }
  std::vector<std::vector<double>> log_probs(requests.size());
  Progress progress("reading log-probabilities", static_cast<int64_t>(requests.size()),
                    "solutions");
  for (size_t at = 0; at < requests.size(); at += kSolutionsACall) {
    ThrowIfStopped();
    const size_t count = std::min(kSolutionsACall, requests.size() - at);
    generator.Read(std::span(requests).subspan(at, count), std::span(log_probs).subspan(at, count));
    progress.Advance(static_cast<int64_t>(count));
  }
  for (size_t i = 0; i < lacking.size(); ++i) {
    auto token = log_probs[i].begin();
    for (labels::LabelledStep& step : lacking[i]->steps) {
      const auto end = token + static_cast<std::ptrdiff_t>(step.tokens.size());
      if (!step.log_prob) step.log_prob = std::accumulate(token, end, 0.0);
      token = end;
    }
  }
}

std::vector<std::vector<ScoredStep>> JudgeSolutions(
    LlamaScorer& scorer, std::span<const labels::LabelledSolution> solutions) {
  std::vector<std::vector<ScoredStep>> judged;
  std::vector<world::ScoreRequest> requests;
  for (size_t i = 0; i < solutions.size(); ++i) {
    judged.push_back(Truth(solutions[i]));
    llm::PrefixPtr prefix = llm::Extend(nullptr, solutions[i].prompt);
    for (const labels::LabelledStep& step : solutions[i].steps) {
      prefix = llm::Extend(prefix, step.tokens);
      requests.push_back({.prefix = prefix, .walker = i + 1});
    }
  }
  std::vector<double> logits(requests.size());
  scorer.Logits(requests, logits);
  auto logit = logits.begin();
  for (std::vector<ScoredStep>& steps : judged) {
    for (ScoredStep& step : steps) step.logit = *logit++;
  }
  return judged;
}

}  // namespace pgts::reward
