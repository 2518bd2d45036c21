// SPDX-License-Identifier: Apache-2.0
#include "train/policy_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temp_folder.h"

namespace pgts::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

policy::PpoStats Healthy() {
  return {.unforced = 100, .action_mix = {0.6, 0.2, 0.1, 0.1}, .entropy = 0.5};
}

TEST(CollapseSigns, AHealthyIterationHasNone) {
  EXPECT_THAT(CollapseSigns(Healthy(), 0.9), IsEmpty());
}

TEST(CollapseSigns, NamesTheActionThatSwallowsAllOthers) {
  policy::PpoStats stats = Healthy();
  stats.action_mix = {0.02, 0.01, 0.01, 0.96};
  EXPECT_THAT(CollapseSigns(stats, 0.9),
              ElementsAre(HasSubstr("96 % of all decisions are terminate")));
  stats.action_mix = {0.05, 0, 0, 0.95};
  EXPECT_THAT(CollapseSigns(stats, 0.9), IsEmpty());
}

TEST(CollapseSigns, SaysThatThePolicyNoLongerExploresWhereItHadAChoice) {
  policy::PpoStats stats = Healthy();
  stats.entropy = 0.009;
  EXPECT_THAT(CollapseSigns(stats, 0.9), ElementsAre(HasSubstr("entropy_coeff")));
  stats.unforced = 0;
  EXPECT_THAT(CollapseSigns(stats, 0.9), IsEmpty());
}

TEST(CollapseSigns, SaysThatFewSearchesAnswer) {
  EXPECT_THAT(CollapseSigns(Healthy(), 0.29),
              ElementsAre(HasSubstr("only 29 % of the searches end with an answer")));
}

TEST(PolicyReportTest, WritesALineAnIterationAndAResumedRunCutsWhatCameAfter) {
  const TempFolder folder;
  const session::RunFolder run{folder.path()};
  const Rollout right{.result = {.answer = "46", .charges = {.tokens = 30}, .nodes = 3},
                      .trajectory = {.steps = {{}, {}}, .correct = true}};
  const Rollout silent{.result = {.charges = {.tokens = 10}, .nodes = 1},
                       .trajectory = {.steps = {{}, {}}, .correct = false}};
  const std::vector<Rollout> rollouts = {right, silent};
  int64_t metrics = 0, events = 0;
  {
    PolicyReport report(run, 0, 0);
    report.Iteration({.iteration = 1, .rollouts = rollouts, .stats = Healthy()});
    metrics = report.metrics_length();
    events = report.events_length();
    report.Validation({.iteration = 1, .reading = {.accuracy = 0.5}});
    report.Sync();
  }
  EXPECT_EQ(ReadJsonl(run.Metrics()).size(), 2u);
  const PolicyReport resumed(run, metrics, events);
  const std::vector<Json> lines = ReadJsonl(run.Metrics());
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].at("kind"), "policy");
  EXPECT_EQ(lines[0].at("iteration"), 1);
  EXPECT_EQ(lines[0].at("accuracy"), 0.5);
  EXPECT_EQ(lines[0].at("answered"), 0.5);
  EXPECT_EQ(lines[0].at("tokens"), 20.0);
  EXPECT_EQ(lines[0].at("nodes"), 2.0);
  EXPECT_EQ(lines[0].at("decisions"), 2.0);
  EXPECT_EQ(lines[0].at("share_expand"), 0.6);
  EXPECT_EQ(static_cast<int64_t>(ReadFile(folder.File("events.out.tfevents.pgts")).size()), events);
}

}  // namespace
}  // namespace pgts::train
