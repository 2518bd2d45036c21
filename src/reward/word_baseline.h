// SPDX-License-Identifier: Apache-2.0
// A judge that cannot reason: logistic regression on the words of the solution so far (the question
// is left out), trained on the same labels. What it reaches is what labels betray by their wording
// and length alone; a reward model that is no better has learnt no more, and labels that it can
// guess well leak.
//
// Words are runs of letters, runs of digits, and single other characters; a word counts 1 + ln(how
// often). A few passes of AdaGrad (Duchi et al., "Adaptive Subgradient Methods", 2011) in a keyed
// order: a pure function of its arguments.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "labels/step_data.h"
#include "llm/tokenizer.h"

namespace pgts::reward {

std::vector<std::string> Words(std::string_view text);

// Step AUC on `validation`; NaN where a class is missing there. Steps that end after `max_length`
// tokens of their path are left out, as a judge that cannot read them leaves them out.
double WordBaselineAuc(std::span<const labels::LabelledSolution> train,
                       std::span<const labels::LabelledSolution> validation,
                       const llm::Tokenizer& tokenizer,
                       int max_length = std::numeric_limits<int>::max());

// How well the same judge tells the damaged steps of corruptions from the reference's steps at the
// same places. It learns on half of the problems and is measured on the others. 0.5: the style of a
// corruption does not give it away. A place where only one of the two solutions ends is left out;
// NaN where there are too few places.
double CorruptionWordsAuc(std::span<const labels::LabelledSolution> train,
                          const llm::Tokenizer& tokenizer);

}  // namespace pgts::reward
