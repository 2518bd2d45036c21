// SPDX-License-Identifier: Apache-2.0
#include "base/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/table.h"

namespace pgts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ProgressTest : public ::testing::Test {
 protected:
  ProgressSeams Seams(bool terminal, int width = 100) {
    ProgressSeams seams;
    seams.seconds = [this] { return now_; };
    seams.line = [this](std::string_view line) { lines_.emplace_back(line); };
    if (terminal) seams.bar = [this](std::string_view bar) { bars_.emplace_back(bar); };
    seams.width = width;
    return seams;
  }
  // 100 steps of `seconds` each.
  void Walk(Progress& progress, double seconds) {
    for (int i = 0; i < 100; ++i) {
      now_ += seconds;
      progress.Advance();
    }
  }

  double now_ = 1000;
  std::vector<std::string> lines_;
  std::vector<std::string> bars_;
};

TEST_F(ProgressTest, APlainLineAtMostEveryTenSecondsAndASummary) {
  {
    Progress progress("walking", 100, "steps", Seams(false));
    progress.SetNote("loss 0.5");
    Walk(progress, 0.25);
  }
  EXPECT_THAT(lines_,
              ElementsAre("walking: 40/100 steps, 40%, 4.00/s, 10.0 s, 15.0 s left, loss 0.5",
                          "walking: 80/100 steps, 80%, 4.00/s, 20.0 s, 5.0 s left, loss 0.5",
                          "walking: 100 steps in 25.0 s, 4.00/s, loss 0.5"));
}

TEST_F(ProgressTest, AShortStageLeavesNoTrace) {
  {
    Progress progress("walking", 100, "steps", Seams(true));
    Walk(progress, 0.015625);
  }
  EXPECT_THAT(lines_, IsEmpty());
  ASSERT_FALSE(bars_.empty());
  EXPECT_EQ(bars_.back(), "");
}

TEST_F(ProgressTest, TheBarIsRedrawnAndErased) {
  {
    Progress progress("walking", 100, "steps", Seams(true));
    Walk(progress, 0.5);
  }
  ASSERT_EQ(bars_.size(), 101u);
  EXPECT_EQ(bars_[49],
            "walking ██████████░░░░░░░░░░ 50/100 steps, 50%, 2.00/s, 25.0 s, 25.0 s left");
  EXPECT_EQ(bars_.back(), "");
  EXPECT_THAT(lines_, ElementsAre("walking: 100 steps in 50.0 s, 2.00/s"));
}

TEST_F(ProgressTest, TheBarFitsTheTerminal) {
  for (int width = 1; width < 60; ++width) {
    bars_.clear();
    Progress progress("wälking", 100, "steps", Seams(true, width));
    now_ += 1;
    progress.Advance(99);
    ASSERT_EQ(bars_.size(), 1u);
    EXPECT_LE(DisplayWidth(bars_[0]), width - 1);
  }
}

TEST_F(ProgressTest, WhatIsLeftTakesTheSpeedOfTheLastMinutes) {
  Progress progress("walking", 1000, "steps", Seams(false));
  now_ += 10;
  progress.Advance(800);  // stored already, as it were
  Walk(progress, 2);
  EXPECT_EQ(lines_[0], "walking: 800/1000 steps, 80%, 80.0/s, 10.0 s, 2.5 s left");
  EXPECT_EQ(lines_.back(), "walking: 900/1000 steps, 90%, 0.50/s, 3 min 30 s, 3 min 20 s left");
}

TEST_F(ProgressTest, WhatAnEarlierRunDidTellsNothingOfTheSpeed) {
  {
    Progress progress("walking", 1000, "steps", Seams(false));
    progress.ResumeAt(800);
    Walk(progress, 0.25);
  }
  EXPECT_THAT(lines_,
              ElementsAre("walking: 840/1000 steps, 84%, 4.00/s, 10.0 s, 40.0 s left",
                          "walking: 880/1000 steps, 88%, 4.00/s, 20.0 s, 30.0 s left",
                          "walking: 900 of 1000 steps, 800 of them before, in 25.0 s, 4.00/s"));
}

TEST_F(ProgressTest, AnUnknownTotalAndAnEarlyEnd) {
  Progress unknown("reading", 0, "lines", Seams(false));
  now_ += 20;
  unknown.Advance(1000);
  unknown.Finish();
  unknown.Finish();
  Progress early("walking", 10, "steps", Seams(false));
  now_ += 4;
  early.Advance(2);
  early.Finish();
  EXPECT_THAT(lines_, ElementsAre("reading: 1000 lines, 50.0/s, 20.0 s",
                                  "reading: 1000 lines in 20.0 s, 50.0/s",
                                  "walking: 2 of 10 steps in 4.0 s, 0.50/s"));
}

TEST(FormatSecondsTest, UsesTwoUnits) {
  EXPECT_EQ(FormatSeconds(4.24), "4.2 s");
  EXPECT_EQ(FormatSeconds(59.96), "1 min 00 s");
  EXPECT_EQ(FormatSeconds(185), "3 min 05 s");
  EXPECT_EQ(FormatSeconds(7620), "2 h 07 min");
}

}  // namespace
}  // namespace pgts
