// SPDX-License-Identifier: Apache-2.0
#include "report/report_replay.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "report/report_fixture.h"

namespace pgts::report {
namespace {

TEST(PackSearchTest, ByHand) {
  EXPECT_EQ(PackSearch(ShortSearch("p/1"), 100).dump(),
            R"({"question":"What is 2 + 2?","gold":"4","end":"terminated",)"
            R"("answer":{"node":2,"text":"4"},"nodes":{"parent":[0,1],"attempt":[1,1],)"
            R"("score":[875,875],"log_prob":[-500,-500],"tokens":[7,7],"flags":[0,1],)"
            R"("text":["2+2=4\n","#### 4\n"],"answer":{"2":"4"},"correct":{"2":1}},)"
            R"("moves":{"action":"eet","to":[1,2,2],"value":[125,125,0],)"
            R"("odds":[[750,250,-1,-1],[750,250,-1,-1],[-1,-1,-1,1000]]}})");
}

TEST(PackSearchTest, FlagsSayWhatANodeIs) {
  search::TracedSearch search = ShortSearch("p/1");
  tree::GrownNode& grown = *search.trajectory.steps[0].grown;
  grown.child.dead = grown.child.truncated = grown.duplicate = true;
  EXPECT_EQ(PackSearch(search, 100).at("nodes").at("flags")[0], 2 + 4 + 8);
}

TEST(PackSearchTest, NumbersThatAreNoneBecomeNull) {
  search::TracedSearch search = ShortSearch("p/1");
  search.trajectory.steps[0].grown->child.score = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(PackSearch(search, 100).at("nodes").at("score")[0].is_null());
}

TEST(PackSearchTest, WhatIsNoTreeIsRefused) {
  search::TracedSearch later = ShortSearch("p/1");
  later.trajectory.steps[0].grown->parent = 1;  // its own parent
  EXPECT_THROW(PackSearch(later, 100), Error);
  search::TracedSearch away = ShortSearch("p/1");
  away.trajectory.steps[2].to = 3;
  EXPECT_THROW(PackSearch(away, 100), Error);
  search::TracedSearch bare = ShortSearch("p/1");
  bare.trajectory.steps[0].grown.reset();
  EXPECT_THROW(PackSearch(bare, 100), Error);
  search::TracedSearch lost = ShortSearch("p/1");
  lost.trajectory.answer->node = 3;
  EXPECT_THROW(PackSearch(lost, 100), Error);
}

TEST(CutTextTest, CutsBetweenCharacters) {
  EXPECT_EQ(CutText("abc", 3), "abc");
  EXPECT_EQ(CutText("abcd", 3), "abc…");
  EXPECT_EQ(CutText("ab\xc3\xa9z", 3), "ab…");
  EXPECT_EQ(CutText("\x80\x80\x80\x80", 3), "…");
}

}  // namespace
}  // namespace pgts::report
