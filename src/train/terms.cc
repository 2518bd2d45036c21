// SPDX-License-Identifier: Apache-2.0
#include "train/terms.h"

#include <cmath>

namespace pgts::train {
namespace {

// min at share 0, max at share 1.
double LogBetween(double min, double max, double share) { return min * std::pow(max / min, share); }

}  // namespace

tree::Limits DrawTerms(tree::Limits limits, const session::TermsSettings& terms, const Key& draw) {
  RandomStream random(draw.With("terms"));
  const double price_share = random.Uniform();
  if (terms.token_price_max > 0) {
    limits.token_price = LogBetween(terms.token_price_min, terms.token_price_max, price_share);
  }
  if (random.Uniform() >= terms.limited_share) return limits;
  limits.max_tokens =
      std::llround(LogBetween(static_cast<double>(terms.max_tokens_min),
                              static_cast<double>(terms.max_tokens_max), random.Uniform()));
  return limits;
}

std::vector<double> Prices(const session::TermsSettings& terms, int count) {
  if (terms.token_price_max <= 0) return {0};
  std::vector<double> prices;
  for (int i = 0; i < count; ++i) {
    const double share = static_cast<double>(i) / (count - 1);
    prices.push_back(LogBetween(terms.token_price_max, terms.token_price_min, share));
  }
  return prices;
}

}  // namespace pgts::train
