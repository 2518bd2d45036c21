// SPDX-License-Identifier: Apache-2.0
#include "llm/residency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "llm/fake_kv_backend.h"

namespace pgts::llm {
namespace {

using testing::ElementsAre;

struct Slots {
  // What a batcher does: holds a sequence, reads what is missing of the path, lets go.
  int Go(uint64_t walker, const std::vector<Token>& path) {
    const int sequence = *residency.Take(walker, path, static_cast<int>(path.size()));
    for (size_t i = residency.resident(sequence).size(); i < path.size(); ++i) {
      const Row row{path[i], static_cast<int>(i), sequence, false};
      EXPECT_EQ(backend.Evaluate({&row, 1}), EvaluateStatus::kDone);
      residency.Append(sequence, path[i]);
    }
    EXPECT_EQ(backend.Path(sequence), path);
    residency.Release(sequence);
    return sequence;
  }

  FakeKvBackend backend{2, 100, 1, 8};
  Residency residency{2, backend};
};

TEST(Residency, AWalkerKeepsItsSequence) {
  Slots slots;
  const int first = slots.Go(1, {1, 2, 3});
  EXPECT_NE(slots.Go(2, {9}), first);
  EXPECT_EQ(slots.Go(1, {1, 2, 4}), first);  // cut back to two tokens
  EXPECT_EQ(slots.backend.tokens, 3 + 1 + 1);
}

TEST(Residency, TheLeastRecentlyUsedGivesWay) {
  Slots slots;
  const int first = slots.Go(1, {1, 2, 3});
  const int second = slots.Go(2, {9});
  slots.Go(1, {1, 2, 3, 4});
  EXPECT_EQ(slots.Go(3, {5}), second);
  EXPECT_EQ(slots.residency.ResidentOf(1, std::vector<Token>{1, 2, 3, 4}), 4);
  EXPECT_EQ(slots.residency.ResidentOf(2, std::vector<Token>{9}), 0);
  EXPECT_TRUE(slots.residency.DropLeastRecent());
  EXPECT_THAT(slots.residency.resident(first), ElementsAre());
  EXPECT_THAT(slots.residency.resident(second), ElementsAre(5));
}

TEST(Residency, NobodyTakesAHeldSequence) {
  Slots slots;
  const std::vector<Token> path = {1};
  EXPECT_TRUE(slots.residency.Take(1, path, 1));
  EXPECT_TRUE(slots.residency.Take(2, path, 1));
  EXPECT_FALSE(slots.residency.Take(3, path, 1));
  EXPECT_FALSE(slots.residency.DropLeastRecent());
}

TEST(Residency, WhatAnotherHoldsIsShared) {
  Slots slots;
  slots.Go(1, {1, 2, 3, 4});
  slots.Go(2, {1, 2, 3, 5});
  EXPECT_EQ(slots.backend.tokens, 5);
  EXPECT_EQ(slots.backend.used(), 5);
  slots.Go(1, {7});
  EXPECT_EQ(slots.backend.used(), 5);  // 1 2 3 5 and 7
}

TEST(Residency, WhatLostItsBeginningOnlyGoesOn) {
  Slots slots;
  const int first = slots.Go(1, {1, 2, 3, 4});
  slots.backend.torn = {first};
  slots.Go(1, {1, 2, 3, 4, 5});  // at its end
  EXPECT_EQ(slots.backend.tokens, 5);
  slots.Go(2, {1, 2, 6});  // shares nothing
  EXPECT_EQ(slots.backend.tokens, 5 + 3);
  slots.Go(1, {1, 2, 3});  // is read anew, but for what the other holds
  EXPECT_EQ(slots.backend.tokens, 5 + 3 + 1);
  EXPECT_TRUE(slots.backend.Whole(first));
}

}  // namespace
}  // namespace pgts::llm
