// SPDX-License-Identifier: Apache-2.0
#include "llm/residency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "llm/fake_machine.h"
#include "llm/lane_plan.h"

namespace pgts::llm {
namespace {

using testing::ElementsAre;

struct Seats {
  // What a lane does: holds a sequence, reads what is missing of the path, lets go.
  int Visit(uint64_t walker, const std::vector<Token>& path) {
    const int sequence = *residency.Take(walker, path, static_cast<int>(path.size()));
    for (size_t i = residency.resident(sequence).size(); i < path.size(); ++i) {
      const Row row{path[i], static_cast<int>(i), sequence, false};
      EXPECT_EQ(machine.Evaluate({&row, 1}), EvaluateStatus::kDone);
      residency.Append(sequence, path[i]);
    }
    EXPECT_EQ(machine.Path(sequence), path);
    residency.Release(sequence);
    return sequence;
  }

  FakeMachine machine{2, 100, 1, 8};
  Residency residency{2, machine};
};

TEST(Residency, AWalkerKeepsItsSequence) {
  Seats seats;
  const int first = seats.Visit(1, {1, 2, 3});
  EXPECT_NE(seats.Visit(2, {9}), first);
  EXPECT_EQ(seats.Visit(1, {1, 2, 4}), first);  // cut back to two tokens
  EXPECT_EQ(seats.machine.tokens, 3 + 1 + 1);
}

TEST(Residency, TheLeastRecentlyUsedGivesWay) {
  Seats seats;
  const int first = seats.Visit(1, {1, 2, 3});
  const int second = seats.Visit(2, {9});
  seats.Visit(1, {1, 2, 3, 4});
  EXPECT_EQ(seats.Visit(3, {5}), second);
  EXPECT_EQ(seats.residency.ResidentOf(1, std::vector<Token>{1, 2, 3, 4}), 4);
  EXPECT_EQ(seats.residency.ResidentOf(2, std::vector<Token>{9}), 0);
  EXPECT_TRUE(seats.residency.DropLeastRecent());
  EXPECT_THAT(seats.residency.resident(first), ElementsAre());
  EXPECT_THAT(seats.residency.resident(second), ElementsAre(5));
}

TEST(Residency, NobodyTakesAHeldSequence) {
  Seats seats;
  const std::vector<Token> path = {1};
  EXPECT_TRUE(seats.residency.Take(1, path, 1));
  EXPECT_TRUE(seats.residency.Take(2, path, 1));
  EXPECT_FALSE(seats.residency.Take(3, path, 1));
  EXPECT_FALSE(seats.residency.DropLeastRecent());
}

TEST(Residency, WhatAnotherHoldsIsShared) {
  Seats seats;
  seats.Visit(1, {1, 2, 3, 4});
  seats.Visit(2, {1, 2, 3, 5});
  EXPECT_EQ(seats.machine.tokens, 5);
  EXPECT_EQ(seats.machine.used(), 5);
  seats.Visit(1, {7});
  EXPECT_EQ(seats.machine.used(), 5);  // 1 2 3 5 and 7
}

TEST(Residency, WhatLostItsBeginningOnlyGoesOn) {
  Seats seats;
  const int first = seats.Visit(1, {1, 2, 3, 4});
  seats.machine.torn = {first};
  seats.Visit(1, {1, 2, 3, 4, 5});  // at its end
  EXPECT_EQ(seats.machine.tokens, 5);
  seats.Visit(2, {1, 2, 6});  // shares nothing
  EXPECT_EQ(seats.machine.tokens, 5 + 3);
  seats.Visit(1, {1, 2, 3});  // is read anew, but for what the other holds
  EXPECT_EQ(seats.machine.tokens, 5 + 3 + 1);
  EXPECT_TRUE(seats.machine.Whole(first));
}

// Two lanes; problem A's walkers stay together, up to a lane's width, and come back to their lane.
TEST(AssignLanes, ProblemsStayTogetherAndWalkersComeHome) {
  Seats a, b;
  TokenLedger ledger;
  struct Idle : Lane {
    using Lane::Lane;
    bool EndsUnread(Job&) override { return false; }
    void ReadOutput(Job&, const Output&) override {}
    bool TakeOutput(Job&) override { return true; }
    void GiveUp(Job&) override {}
    void Read(std::span<Job* const> jobs) { Run(jobs); }
    void Hold(std::span<Job* const> jobs) { Join(jobs); }
  };
  const LaneOptions options{.width = 2, .sequences = 2, .context = 100};
  Idle first(a.machine, ledger, options, TokenLedger::Purpose::kScore);
  Idle second(b.machine, ledger, options, TokenLedger::Purpose::kScore);
  const std::vector<const Lane*> lanes = {&first, &second};
  const PrefixPtr one = Extend(nullptr, {1, 2, 3}), two = Extend(nullptr, {4, 5, 6});
  std::vector<Visit> visits = {{1, one}, {2, two}, {3, one}, {4, two}, {5, one}};
  EXPECT_THAT(AssignLanes(visits, lanes), ElementsAre(0, 1, 0, 1, 0));
  visits.push_back({6, one});  // lane 0 has its three of six
  EXPECT_THAT(AssignLanes(visits, lanes), ElementsAre(0, 1, 0, 1, 0, 1));

  Job job(*two, 7);
  Job* jobs[] = {&job};
  first.Read(jobs);
  visits = {{7, Extend(two, {8})}, {9, two}, {8, one}};
  EXPECT_THAT(AssignLanes(visits, lanes), ElementsAre(0, 0, 1));

  // What a lane has to do already counts.
  first.Hold(jobs);
  visits = {{10, Extend(nullptr, {9, 9, 9})}};
  EXPECT_THAT(AssignLanes(visits, lanes), ElementsAre(1));
}

constexpr int64_t kGpuBytes = int64_t{8} << 30;  // free

TEST(PlanLanes, ScarceCellsGoToFewLanesThatHoldAContextEach) {
  const ModelInfo small{.context_train = 512, .parameters = 2'000'000};
  const EngineOptions options{.threads = 2, .width = 32, .context = 512, .cells = 1280};
  const LanePlan plan = PlanLanes(options, small, 0, LaneUse::kRead);
  EXPECT_EQ(plan.lanes, 2);
  EXPECT_EQ(plan.lane.context, 512);
  EXPECT_EQ(plan.lane_cells, 768);  // in steps of 256
}

TEST(PlanLanes, SmallModelsGetManyLanesAndLargeOnesFew) {
  const EngineOptions options{.threads = 2, .width = 32, .context = 512};
  const LanePlan small =
      PlanLanes(options, {.context_train = 512, .parameters = 2'000'000}, 0, LaneUse::kRead);
  EXPECT_EQ(small.lanes, 8);
  EXPECT_EQ(small.workers, 2);
  EXPECT_EQ(small.lane.threads, 1);
  EXPECT_EQ(small.threads, 1);
  EXPECT_EQ(small.lane.width, 4);
  EXPECT_EQ(small.lane_cells, 4 * 512);
  EXPECT_EQ(small.batch_tokens, 64);
  const ModelInfo large{.context_train = 512, .parameters = 8'000'000'000};
  EXPECT_EQ(PlanLanes(options, large, 0, LaneUse::kRead).lanes, 2);
  EXPECT_EQ(PlanLanes(options, large, 0, LaneUse::kRead).threads, 2);
  EXPECT_EQ(PlanLanes({.threads = 2, .width = 16, .context = 512}, large, 0, LaneUse::kRead).lanes,
            1);
  EXPECT_EQ(PlanLanes(options, large, kGpuBytes, LaneUse::kRead).lanes, 1);
  EXPECT_EQ(
      PlanLanes({.threads = 8, .width = 2, .context = 512}, large, 0, LaneUse::kRead).lane.threads,
      8);
}

TEST(PlanLanes, ModelsOfSomeSizeGetStreamsWhereTheyFit) {
  const EngineOptions options{.threads = 2, .width = 32, .context = 512};
  ModelInfo large{.context_train = 512, .parameters = 135'000'000, .kv_bytes_per_token = 23'040};
  const LanePlan plan = PlanLanes(options, large, 0, LaneUse::kWrite);
  EXPECT_TRUE(plan.streams);
  EXPECT_EQ(plan.lane.context, 512);
  EXPECT_EQ(plan.lane_cells, plan.lane.sequences * 768);  // one cell more than the context, rounded
  EXPECT_TRUE(plan.flash_attention);
  const LanePlan reads = PlanLanes(options, large, 0, LaneUse::kRead);
  EXPECT_TRUE(reads.streams);
  EXPECT_FALSE(reads.flash_attention);
  EXPECT_FALSE(PlanLanes(options, large, kGpuBytes, LaneUse::kWrite).streams);

  EngineOptions few = options;
  few.cells = 32 * 512 - 1;
  EXPECT_FALSE(PlanLanes(few, large, 0, LaneUse::kWrite).streams);
  few.layout = KvLayout::kStreams;
  EXPECT_THROW(PlanLanes(few, large, 0, LaneUse::kWrite), Error);
  few.layout = KvLayout::kUnified;
  few.cells = 0;
  EXPECT_FALSE(PlanLanes(few, large, 0, LaneUse::kWrite).streams);

  few.context = 8192;
  large.context_train = 8192;
  const LanePlan wide = PlanLanes(few, large, 0, LaneUse::kWrite);
  EXPECT_EQ(wide.streams_would_fit, 0);  // nobody asked for them
  few.layout = KvLayout::kAuto;
  const int fits = PlanLanes(few, large, 0, LaneUse::kWrite).streams_would_fit;
  EXPECT_GT(fits, 0);
  few.context = fits;
  EXPECT_TRUE(PlanLanes(few, large, 0, LaneUse::kWrite).streams);

  large.parameters = 2'000'000;
  EXPECT_FALSE(PlanLanes(options, large, 0, LaneUse::kWrite).streams);
}

TEST(PlanLanes, AGpuGivesHalfOfItsFreeMemory) {
  const ModelInfo model{
      .context_train = 40'960, .parameters = 8'000'000'000, .kv_bytes_per_token = 147'456};
  const EngineOptions options{.width = 32, .context = 4096};
  const auto cells = [&](double gib) {
    const auto bytes = static_cast<int64_t>(gib * (int64_t{1} << 30));
    return PlanLanes(options, model, bytes, LaneUse::kRead).lane_cells;
  };
  EXPECT_EQ(cells(8.0), (int64_t{4} << 30) / model.kv_bytes_per_token / 256 * 256 + 256);
  EXPECT_EQ(cells(8.7), cells(8.0));  // whole GiB: what else runs there may vary a little
  EXPECT_GE(cells(0.5), 4096);        // never less than a sequence needs
  EXPECT_EQ(cells(80), 32 * 4096);    // nor more than there is use for
}

TEST(PlanLanes, TheContextIsWhatTheModelAndTheMemoryAllow) {
  const ModelInfo model{.context_train = 512, .parameters = 1};
  EXPECT_EQ(PlanLanes({.width = 1, .context = 4096}, model, 0, LaneUse::kRead).lane.context, 512);
  EXPECT_EQ(
      PlanLanes({.width = 1, .context = 400, .cells = 256}, model, 0, LaneUse::kRead).lane.context,
      256);
}

}  // namespace
}  // namespace pgts::llm
