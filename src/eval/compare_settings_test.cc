// SPDX-License-Identifier: Apache-2.0
#include "eval/compare_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace pgts::eval {
namespace {

using ::testing::HasSubstr;

// What Check says of these assignments; "" where it accepts them.
std::string Verdict(const std::vector<std::string>& assignments) {
  CompareSettings settings;
  OptionSet options;
  options.Add("compare", settings);
  for (const std::string& assignment : assignments) options.Set("compare." + assignment, "--set");
  try {
    Check(settings, options);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(CompareSettingsTest, DefaultsAndTheirLikeAreAccepted) {
  EXPECT_EQ(Verdict({}), "");
  EXPECT_EQ(Verdict({"methods=mcts,pgts", "budgets=10", "seeds=3,1", "plot=mcts"}), "");
}

TEST(CompareSettingsTest, ABadMethodIsNamedWithItsPlaceAndTheNearest) {
  EXPECT_THAT(Verdict({"methods=pgts,mtcs"}),
              HasSubstr("--set: compare.methods: unknown method \"mtcs\"; did you mean \"mcts\"?"));
  EXPECT_THAT(Verdict({"plot=beem"}), HasSubstr("did you mean \"beam\"?"));
  EXPECT_THAT(Verdict({"methods=pgts,beam,pgts"}),
              HasSubstr("--set: compare.methods: pgts is given twice"));
}

TEST(CompareSettingsTest, BudgetsIncreaseAndSeedsDiffer) {
  EXPECT_THAT(Verdict({"budgets=100,50"}),
              HasSubstr("--set: compare.budgets = 100, 50 do not increase"));
  EXPECT_THAT(Verdict({"budgets=50,50"}), HasSubstr("do not increase"));
  EXPECT_THAT(Verdict({"budgets="}), HasSubstr("compare.budgets is empty"));
  EXPECT_THAT(Verdict({"seeds=1,2,1"}), HasSubstr("compare.seeds = 1, 2, 1: one is given twice"));
}

TEST(CompareSettingsTest, PricesDecreaseAndMayBeNone) {
  EXPECT_EQ(Verdict({"prices="}), "");
  EXPECT_THAT(Verdict({"prices=0,0.1"}),
              HasSubstr("--set: compare.prices = 0, 0.1 do not decrease"));
  EXPECT_THAT(Verdict({"prices=0.1,0.1"}), HasSubstr("do not decrease"));
}

TEST(CompareSettingsTest, NoMoreLinesInColourThanCanBeToldApart) {
  EXPECT_THAT(Verdict({"plot=cot_greedy,cot_sampled,self_consistency,best_of_n,beam,dvts,mcts,"
                       "heuristic,pgts"}),
              HasSubstr("compare.plot has 9 methods; at most 8"));
}

}  // namespace
}  // namespace pgts::eval
