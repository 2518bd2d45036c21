// SPDX-License-Identifier: Apache-2.0
// metrics.jsonl as columns, for curves.
#pragma once

#include <string>

#include "base/jsonl.h"

namespace pgts::report {

// {"<kind>": {"<field>": [number or null, ...], ...}, ...}: the records of each kind ("reward",
// "reward_validation", "policy", "validation") in order, their numeric fields as columns of equal
// length. More than `most` records become the means of neighbours ("iteration" and "step": the
// last). Empty where the file is missing or empty; Error for a file that is no JSONL.
Json ReadCurves(const std::string& path, int most = 500);

}  // namespace pgts::report
