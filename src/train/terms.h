// SPDX-License-Identifier: Apache-2.0
// The terms of a search: what a token costs it, and how many it may spend.
#pragma once

#include <vector>

#include "base/random.h"
#include "session/run_config.h"
#include "tree/tree.h"

namespace pgts::train {

// `limits` with a price and perhaps a limit on tokens, both log-uniform in their ranges.
tree::Limits DrawTerms(tree::Limits limits, const session::TermsSettings& terms, const Key& draw);

// `count` >= 2 prices from the highest to the lowest, equally spaced in their logarithm; {0} where
// tokens are free.
std::vector<double> Prices(const session::TermsSettings& terms, int count);

}  // namespace pgts::train
