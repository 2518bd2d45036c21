// SPDX-License-Identifier: Apache-2.0
#include "llm/engine_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "llm/token_ledger.h"

namespace pgts::llm {
namespace {

TEST(EngineReport, TellsOccupancyAndWidths) {
  TokenLedger ledger;
  ledger.Decoded(/*jobs=*/1, /*slots=*/8);
  ledger.Decoded(3, 8);
  for (int i = 0; i < 3; ++i) ledger.Decoded(8, 8);
  EXPECT_DOUBLE_EQ(ledger.counts().Occupancy(), 28.0 / 40);
  EXPECT_EQ(EngineReport(ledger.counts()),
            "0 tokens written in 5 evaluations, 0.70 of the slots taken, 0.0 % evaluated again; "
            "jobs in an evaluation: 1: 1, 2-3: 1, 8-15: 3");
}

TEST(EngineReport, TellsWhatStoredStepsCost) {
  TokenCounts counts{.restored = 12, .decodes = 1};
  EXPECT_THAT(EngineReport(counts), ::testing::HasSubstr(", 12 read for stored steps;"));
}

TEST(EngineReport, AnEngineThatDidNothingSaysNothing) { EXPECT_EQ(EngineReport({}), ""); }

TEST(SlowWeightsAdvice, NamesTheCommandForSlowTypesOnly) {
  const auto advice = SlowWeightsAdvice({.path = "a.gguf", .description = "llama 135M Q4_1"});
  ASSERT_TRUE(advice);
  EXPECT_THAT(*advice, ::testing::HasSubstr("pgts quantize a.gguf"));
  EXPECT_FALSE(SlowWeightsAdvice({.path = "a.gguf", .description = "llama 135M BF16"}));
}

}  // namespace
}  // namespace pgts::llm
