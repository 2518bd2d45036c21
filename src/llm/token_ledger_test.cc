// SPDX-License-Identifier: Apache-2.0
#include "llm/token_ledger.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <utility>
#include <vector>

namespace pgts::llm {
namespace {

constexpr auto kGenerate = TokenLedger::Purpose::kGenerate;
constexpr auto kScore = TokenLedger::Purpose::kScore;

uint64_t Hash(int path) { return ExtendPathHash(kEmptyPathHash, path); }

TEST(TokenLedger, TellsWhatAFirstEvaluationWasFor) {
  TokenLedger ledger;
  ledger.Evaluated(Hash(0), /*in_root=*/true, kGenerate);
  ledger.MayRead(Hash(1));
  ledger.Evaluated(Hash(1), /*in_root=*/false, kGenerate);
  ledger.Evaluated(Hash(2), false, kGenerate);  // of a tree that another run has written
  ledger.Evaluated(Hash(3), false, kScore);
  ledger.Evaluated(Hash(1), false, kGenerate);
  const TokenCounts& counts = ledger.counts();
  EXPECT_EQ(counts.prompt, 1);
  EXPECT_EQ(counts.evaluated, 1);
  EXPECT_EQ(counts.restored, 1);
  EXPECT_EQ(counts.scored, 1);
  EXPECT_EQ(counts.reevaluated, 1);
}

TEST(TokenLedger, SiblingsOfTheSameTextMayEachBeReadOnce) {
  TokenLedger ledger;
  ledger.MayRead(Hash(1));
  ledger.MayRead(Hash(1));
  for (int i = 0; i < 3; ++i) ledger.Evaluated(Hash(1), false, kGenerate);
  EXPECT_EQ(ledger.counts().evaluated, 2);
  EXPECT_EQ(ledger.counts().reevaluated, 1);
}

TEST(TokenLedger, WhatWasSampledVeryOftenDoesNotRunIntoItsHash) {
  TokenLedger ledger;
  for (int i = 0; i < 100'000; ++i) ledger.MayRead(Hash(1));
  ledger.Evaluated(Hash(1), false, kScore);
  ledger.Evaluated(Hash(1), false, kScore);
  EXPECT_EQ(ledger.counts().scored, 1);
  EXPECT_EQ(ledger.counts().reevaluated, 1);
}

// Six million other paths are three times what there is room for. What is looked at now and then
// stays; what is not goes.
TEST(TokenLedger, ForgetsTheLeastRecentlyUsed) {
  TokenLedger ledger;
  ledger.Evaluated(Hash(0), false, kScore);
  ledger.Evaluated(Hash(1), false, kScore);
  for (int path = 2; path < 6'000'000; ++path) {
    if (path % 100'000 == 0) ledger.Evaluated(Hash(0), false, kScore);
    ledger.Evaluated(Hash(path), false, kScore);
  }
  const int64_t known = ledger.counts().reevaluated;
  EXPECT_EQ(known, 59);
  ledger.Evaluated(Hash(1), false, kScore);
  EXPECT_EQ(ledger.counts().reevaluated, known);
}

TEST(TokenLedger, KnowsAMillionPathsAndNoneAfterClear) {
  constexpr int kPaths = 1'000'000;
  TokenLedger ledger;
  for (int pass = 0; pass < 2; ++pass) {
    for (int path = 0; path < kPaths; ++path) ledger.Evaluated(Hash(path), false, kScore);
  }
  EXPECT_EQ(ledger.counts().scored + ledger.counts().reevaluated, 2 * kPaths);
  EXPECT_GT(ledger.counts().reevaluated, 0.9 * kPaths);
  ledger.Clear();
  const int64_t scored = ledger.counts().scored;
  ledger.Evaluated(Hash(0), false, kScore);
  EXPECT_EQ(ledger.counts().scored, scored + 1);
}

RC_GTEST_PROP(TokenLedger, EqualsAPlainMap,
              (const std::vector<std::pair<uint8_t, uint8_t>>& moves)) {
  TokenLedger ledger;
  TokenCounts expected;
  std::map<int, std::pair<int, bool>> paths;  // times unread, evaluated
  for (const auto& [path, move] : moves) {
    auto& [unread, evaluated] = paths[path];
    if (move % 3 == 0) {
      ledger.MayRead(Hash(path));
      ++unread;
      continue;
    }
    const auto purpose = move % 3 == 1 ? kGenerate : kScore;
    const bool in_root = path % 4 == 0;
    ledger.Evaluated(Hash(path), in_root, purpose);
    if (purpose == kGenerate && unread > 0) {
      --unread;
      ++expected.evaluated;
    } else if (evaluated) {
      ++expected.reevaluated;
    } else {
      ++(in_root ? expected.prompt : purpose == kScore ? expected.scored : expected.restored);
    }
    evaluated = true;
  }
  RC_ASSERT(ledger.counts().evaluated == expected.evaluated);
  RC_ASSERT(ledger.counts().reevaluated == expected.reevaluated);
  RC_ASSERT(ledger.counts().prompt == expected.prompt);
  RC_ASSERT(ledger.counts().scored == expected.scored);
  RC_ASSERT(ledger.counts().restored == expected.restored);
}

}  // namespace
}  // namespace pgts::llm
