// SPDX-License-Identifier: Apache-2.0
// The comparisons in a run folder, whichever command made them, in one form.
#pragma once

#include <string>

#include "base/jsonl.h"

namespace pgts::report {

// Reads results_*.json (`pgts eval`; where there are none, summary.json) and comparison.json
// (`pgts compare`):
//   [{"title", "problems", "by", "methods": [{"name", "setting", "points": [{"at", "tokens",
//     "accuracy", "low", "high", "answered"}, ...]}, ...],
//     "paired": [{"a", "b", "at", "difference", "low", "high"}, ...]}, ...]
// `by`: what `at` is, the "price" of a token (comparison.json, where it has prices) or the
// "budget". accuracy, answered and differences are shares; low and high bound the 95 % interval; a
// number that a file does not have is null, but points without tokens or accuracy are left out, and
// so are methods and comparisons without points. Empty where there is no comparison; Error for a
// damaged file.
Json ReadComparisons(const std::string& folder);

}  // namespace pgts::report
