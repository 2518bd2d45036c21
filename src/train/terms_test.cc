// SPDX-License-Identifier: Apache-2.0
#include "train/terms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace pgts::train {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

TEST(TermsTest, WithoutARangeTokensAreFreeAndWithoutLimit) {
  const tree::Limits limits = DrawTerms({.max_nodes = 7}, {}, Key("a"));
  EXPECT_EQ(limits, (tree::Limits{.max_nodes = 7}));
  EXPECT_THAT(Prices({}, 4), ElementsAre(0));
}

TEST(TermsTest, PricesAndLimitsAreLogUniformInTheirRanges) {
  const session::TermsSettings terms{.token_price_min = 1e-4,
                                     .token_price_max = 1e-2,
                                     .limited_share = 0.25,
                                     .max_tokens_min = 10,
                                     .max_tokens_max = 1000};
  int cheap = 0, limited = 0, short_limits = 0;
  for (uint64_t i = 0; i < 4000; ++i) {
    const tree::Limits limits = DrawTerms({}, terms, Key("draw").With(i));
    ASSERT_GE(limits.token_price, 1e-4);
    ASSERT_LE(limits.token_price, 1e-2);
    cheap += limits.token_price < 1e-3 ? 1 : 0;
    if (limits.max_tokens == 0) continue;
    ++limited;
    ASSERT_GE(limits.max_tokens, 10);
    ASSERT_LE(limits.max_tokens, 1000);
    short_limits += limits.max_tokens < 100 ? 1 : 0;
  }
  EXPECT_NEAR(cheap, 2000, 150);
  EXPECT_NEAR(limited, 1000, 120);
  EXPECT_NEAR(short_limits, limited / 2, 80);
  EXPECT_THAT(Prices(terms, 3),
              ElementsAre(DoubleNear(1e-2, 1e-9), DoubleNear(1e-3, 1e-9), DoubleNear(1e-4, 1e-9)));
}

}  // namespace
}  // namespace pgts::train
