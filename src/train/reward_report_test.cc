// SPDX-License-Identifier: Apache-2.0
#include "train/reward_report.h"

#include <gtest/gtest.h>

#include "base/temp_folder.h"
#include "train/policy_report.h"

namespace pgts::train {
namespace {

// `steps` optimiser steps with loss 1, 2, ... and a validation at the end.
void TrainFor(int64_t steps, const session::RunFolder& folder) {
  RewardReport report(folder);
  for (int64_t step = 1; step <= steps; ++step) {
    report.Step({.step = step,
                 .steps = steps,
                 .epoch = static_cast<double>(step) / static_cast<double>(steps),
                 .loss = static_cast<double>(step),
                 .learning_rate = 0.5});
  }
  report.Validated({.step = steps, .epoch = 1, .loss = 0.25, .step_auc = 0.75});
}

TEST(RewardReportTest, WritesEveryStepOfAShortTraining) {
  TempFolder folder;
  TrainFor(3, {folder.path()});
  const std::vector<Json> lines = ReadJsonl(session::RunFolder{folder.path()}.Metrics());
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[2].dump(),
            R"({"kind":"reward","step":3,"epoch":1.0,"loss":3.0,"learning_rate":0.5})");
  EXPECT_EQ(lines[3].dump(),
            R"({"kind":"reward_validation","step":3,"epoch":1.0,"loss":0.25,"step_auc":0.75})");
}

TEST(RewardReportTest, ALongTrainingIsThinnedToMeans) {
  TempFolder folder;
  TrainFor(1000, {folder.path()});
  const std::vector<Json> lines = ReadJsonl(session::RunFolder{folder.path()}.Metrics());
  ASSERT_EQ(lines.size(), 201u);
  EXPECT_EQ(lines[1].at("step"), 10);
  EXPECT_DOUBLE_EQ(lines[1].at("loss").get<double>(), (6 + 7 + 8 + 9 + 10) / 5.0);
}

TEST(RewardReportTest, ASecondTrainingBeginsAnew) {
  TempFolder folder;
  TrainFor(5, {folder.path()});
  TrainFor(3, {folder.path()});
  EXPECT_EQ(ReadJsonl(session::RunFolder{folder.path()}.Metrics()).size(), 4u);
}

// A kill between phase 2's first record and its first resume state: what phase 1 wrote stays, the
// rest is written again.
TEST(RewardReportTest, PhaseTwoBeginsAfterTheRecordsOfPhaseOne) {
  TempFolder temp;
  const session::RunFolder folder{temp.path()};
  TrainFor(3, folder);
  const int64_t length = RewardRecordsLength(folder.Metrics());
  EXPECT_EQ(length, static_cast<int64_t>(ReadFile(folder.Metrics()).size()));
  for (int attempt = 0; attempt < 2; ++attempt) {
    PolicyReport report(folder, RewardRecordsLength(folder.Metrics()), 0);
    report.Validation({.iteration = 0, .reading = {.accuracy = 0.5}});
  }
  EXPECT_EQ(RewardRecordsLength(folder.Metrics()), length);
  const std::vector<Json> lines = ReadJsonl(folder.Metrics());
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[4].at("kind"), "validation");
}

TEST(RewardReportTest, WithoutPhaseOneNothingIsKept) {
  TempFolder temp;
  const session::RunFolder folder{temp.path()};
  EXPECT_EQ(RewardRecordsLength(folder.Metrics()), 0);
  { PolicyReport(folder, 0, 0).Validation({.iteration = 0}); }
  EXPECT_EQ(RewardRecordsLength(folder.Metrics()), 0);
}

}  // namespace
}  // namespace pgts::train
