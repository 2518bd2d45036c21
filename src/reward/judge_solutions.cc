// SPDX-License-Identifier: Apache-2.0
#include "reward/judge_solutions.h"

#include "llm/prefix.h"
#include "reward/training_rows.h"

namespace pgts::reward {

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
