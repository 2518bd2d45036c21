// SPDX-License-Identifier: Apache-2.0
// What the scorer that searches use says of whole solutions, whoever wrote them.
#pragma once

#include <span>
#include <vector>

#include "labels/step_data.h"
#include "reward/llama_scorer.h"
#include "reward/metrics.h"

namespace pgts::reward {

// Every step of every solution, with the judge's logit and what is known of the step.
std::vector<std::vector<ScoredStep>> JudgeSolutions(
    LlamaScorer& scorer, std::span<const labels::LabelledSolution> solutions);

}  // namespace pgts::reward
