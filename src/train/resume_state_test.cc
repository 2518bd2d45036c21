// SPDX-License-Identifier: Apache-2.0
#include "train/resume_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"

namespace pgts::train {
namespace {

using ::testing::HasSubstr;

class ResumeStateTest : public ::testing::Test {
 protected:
  void ExpectRefused(const std::string& text) {
    WriteFileAtomic(run_.ResumeState(), text);
    try {
      ReadResumeState(run_);
      ADD_FAILURE() << "accepted: " << text;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(run_.ResumeState()));
    }
  }

  TempFolder folder_;
  session::RunFolder run_{folder_.path()};
};

TEST_F(ResumeStateTest, ReadsBackAsWritten) {
  const ResumeState written{.iteration = 12,
                            .store = {.steps = int64_t{1} << 40, .scores = 7},
                            .metrics = 100,
                            .events = 200,
                            .trajectories = 300,
                            .best_iteration = 10,
                            .best_return = 1.0 / 3,
                            .validation_cot = {.accuracy = 0.5, .tokens = 80.25},
                            .validation_teacher = {.accuracy = 2.0 / 3, .tokens = 90},
                            .seconds = 0.1};
  WriteResumeState(run_, written);
  const ResumeState read = ReadResumeState(run_);
  EXPECT_EQ(read.iteration, 12);
  EXPECT_EQ(read.store.steps, int64_t{1} << 40);
  EXPECT_EQ(read.store.scores, 7);
  EXPECT_EQ(read.metrics, 100);
  EXPECT_EQ(read.events, 200);
  EXPECT_EQ(read.trajectories, 300);
  EXPECT_EQ(read.best_iteration, 10);
  EXPECT_EQ(read.best_return, 1.0 / 3);  // every bit: the next validation is compared with it
  EXPECT_EQ(read.validation_cot.accuracy, 0.5);
  EXPECT_EQ(read.validation_cot.tokens, 80.25);
  EXPECT_EQ(read.validation_teacher.accuracy, 2.0 / 3);
  EXPECT_EQ(read.validation_teacher.tokens, 90);
  EXPECT_EQ(read.seconds, 0.1);
  EXPECT_TRUE(read.InPhaseTwo());
}

TEST_F(ResumeStateTest, WithoutAFileNothingIsFinished) {
  const ResumeState none = ReadResumeState(run_);
  EXPECT_FALSE(none.InPhaseTwo());
  EXPECT_EQ(none.store.steps, 0);
  EXPECT_EQ(none.metrics, 0);
}

TEST_F(ResumeStateTest, PhaseOneKeepsItsWorldsAlone) {
  WriteResumeState(run_, {.store = {.steps = 5, .scores = 6}});
  const ResumeState read = ReadResumeState(run_);
  EXPECT_FALSE(read.InPhaseTwo());
  EXPECT_EQ(read.store.steps, 5);
  EXPECT_EQ(read.store.scores, 6);
}

TEST_F(ResumeStateTest, WhatIsNoResumeStateIsRefusedByName) {
  ExpectRefused("not json");
  ExpectRefused("{}");
  ExpectRefused(R"({"version": 1, "iteration": "three"})");
}

}  // namespace
}  // namespace pgts::train
