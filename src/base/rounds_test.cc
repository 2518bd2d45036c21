// SPDX-License-Identifier: Apache-2.0
#include "base/rounds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "base/error.h"
#include "base/stop.h"

namespace pgts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

// Doubles its requests and writes each batch down.
class Doubler {
 public:
  Doubler(Rounds& rounds, std::string name, std::vector<std::string>& log)
      : gather(rounds, name, [name, &log](std::span<const int> requests, std::span<int> replies) {
          std::string line = name + ":";
          for (size_t i = 0; i < requests.size(); ++i) {
            replies[i] = 2 * requests[i];
            line += fmt::format(" {}", requests[i]);
          }
          log.push_back(line);
        }) {}
  Gather<int, int> gather;
};

struct Alive {
  explicit Alive(int& count) : count(count) { ++count; }
  ~Alive() { --count; }
  Alive(const Alive&) = delete;
  int& count;
};

Co<int> Twice(Gather<int, int>& gather, int value) {
  const Dispatched<int> answer = co_await gather.Submit(value);
  co_return answer.reply;
}

Co<void> Chain(Gather<int, int>& gather, int start, int steps, int* result) {
  int value = start;
  for (int i = 0; i < steps; ++i) {
    const int doubled = co_await Twice(gather, value);
    value = doubled % 1009;
  }
  *result = value;
}

Co<void> Wait(Gather<int, int>& gather, int value, int& alive) {
  const Alive guard(alive);
  for (;;) {
    const Dispatched<int> ignored = co_await gather.Submit(value);
    (void)ignored;
  }
}

Co<void> FailAfter(Gather<int, int>& gather, int steps) {
  for (int i = 0; i < steps; ++i) {
    const Dispatched<int> ignored = co_await gather.Submit(i);
    (void)ignored;
  }
  throw Error("the search broke");
}

TEST(RoundsTest, RequestsOfAllCoroutinesAreOneBatchInSpawnOrder) {
  std::vector<std::string> log;
  Rounds rounds;
  Doubler doubler(rounds, "a", log);
  int results[3];
  for (int i = 0; i < 3; ++i) rounds.Spawn(Chain(doubler.gather, i + 1, i + 1, &results[i]));
  rounds.Run();
  EXPECT_THAT(log, ElementsAre("a: 1 2 3", "a: 4 6", "a: 12"));
  EXPECT_THAT(results, ElementsAre(2, 8, 24));
  EXPECT_EQ(doubler.gather.counts().batches, 3);
  EXPECT_EQ(doubler.gather.counts().rows, 6);
}

// What b answers asks a again: that waits for a's turn in the next round.
TEST(RoundsTest, PhasesTakeTurnsInTheOrderInWhichTheyWereMade) {
  std::vector<std::string> log;
  Rounds rounds;
  Doubler a(rounds, "a", log);
  Doubler b(rounds, "b", log);
  const auto both = [](Gather<int, int>& first, Gather<int, int>& second, int value) -> Co<void> {
    const int doubled = co_await Twice(first, value);
    const int ignored = co_await Twice(second, doubled);
    (void)ignored;
  };
  rounds.Spawn(both(a.gather, b.gather, 1));
  rounds.Spawn(both(b.gather, a.gather, 10));
  rounds.Spawn(both(a.gather, b.gather, 2));
  rounds.Run();
  EXPECT_THAT(log, ElementsAre("a: 1 2", "b: 10 2 4", "a: 20"));
  EXPECT_EQ(rounds.rounds(), 2);
}

std::vector<std::string> ManyChains() {
  std::vector<std::string> log;
  Rounds rounds;
  Doubler doubler(rounds, "a", log);
  std::vector<int> results(1000);
  for (int i = 0; i < 1000; ++i) rounds.Spawn(Chain(doubler.gather, i, 25, &results[i]));
  rounds.Run();
  log.push_back(fmt::format("{} {}", doubler.gather.counts().batches, results[999]));
  return log;
}

TEST(RoundsTest, AThousandCoroutinesMakeTheSameBatchesEachTime) {
  const std::vector<std::string> first = ManyChains();
  EXPECT_EQ(first.size(), 26u);
  int expected = 999;
  for (int i = 0; i < 25; ++i) expected = 2 * expected % 1009;
  EXPECT_EQ(first.back(), fmt::format("25 {}", expected));
  EXPECT_EQ(first, ManyChains());
}

TEST(RoundsTest, EachRowIsChargedItsShareOfTheBatch) {
  Rounds rounds;
  Gather<int, bool> slow(rounds, "slow", [](std::span<const int>, std::span<bool> replies) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(4);
    while (std::chrono::steady_clock::now() < end) continue;
    for (bool& reply : replies) reply = true;
  });
  double charged = 0;
  const auto ask = [](Gather<int, bool>& gather, double& sum) -> Co<void> {
    const Dispatched<bool> answer = co_await gather.Submit(0);
    if (answer.reply) sum += answer.seconds;
  };
  for (int i = 0; i < 4; ++i) rounds.Spawn(ask(slow, charged));
  rounds.Run();
  EXPECT_GE(charged, 0.004);
  EXPECT_DOUBLE_EQ(charged, slow.counts().seconds);
}

TEST(RoundsTest, AFailedCoroutineEndsTheRunAndFreesTheOthers) {
  std::vector<std::string> log;
  Rounds rounds;
  Doubler doubler(rounds, "a", log);
  int alive = 0;
  rounds.Spawn(Wait(doubler.gather, 7, alive));
  rounds.Spawn(FailAfter(doubler.gather, 2));
  rounds.Spawn(Wait(doubler.gather, 8, alive));
  EXPECT_THAT([&] { rounds.Run(); }, ThrowsMessage<Error>("the search broke"));
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(doubler.gather.HasPending());

  int result = 0;
  rounds.Spawn(Chain(doubler.gather, 3, 1, &result));
  rounds.Run();
  EXPECT_EQ(result, 6);
}

TEST(RoundsTest, AFailedDispatchEndsTheRunAndFreesAll) {
  Rounds rounds;
  Gather<int, int> broken(rounds, "broken", [](std::span<const int>, std::span<int>) {
    throw Error("the device broke");
  });
  int alive = 0;
  for (int i = 0; i < 3; ++i) rounds.Spawn(Wait(broken, i, alive));
  EXPECT_THAT([&] { rounds.Run(); }, ThrowsMessage<Error>("the device broke"));
  EXPECT_EQ(alive, 0);
}

// Two devices that meet: a dispatch waits until the other one has begun, too.
class Meeting {
 public:
  // True if the other came within ten seconds.
  bool Arrive() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    const int meeting = (arrived_ + 1) / 2;  // 1, 1, 2, 2, ...
    changed_.notify_all();
    return changed_.wait_for(lock, std::chrono::seconds(10),
                             [&] { return arrived_ >= 2 * meeting; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
};

// How often a dispatch began while another was at work.
struct Overlaps {
  void Work(int milliseconds) {
    if (++inside > 1) ++count;
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    --inside;
  }

  std::atomic<int> inside = 0, count = 0;
};

Co<void> Alternate(Gather<int, int>& first, Gather<int, int>& second, int times) {
  for (int i = 0; i < times; ++i) {
    const int doubled = co_await Twice(first, i);
    const int ignored = co_await Twice(second, doubled);
    (void)ignored;
  }
}

TEST(RoundsTest, AcceleratorsWorkSideBySide) {
  Meeting meeting;
  std::atomic<int> met = 0;
  const auto meet = [&](std::span<const int>, std::span<int>) { met += meeting.Arrive(); };
  Rounds rounds;
  Gather<int, int> writes(rounds, "write", meet, "x:0"), judges(rounds, "judge", meet, "x:1");
  rounds.Spawn(Alternate(writes, judges, 3));
  rounds.Spawn(Alternate(judges, writes, 3));
  rounds.Run();
  EXPECT_EQ(met, 12);
  EXPECT_EQ(rounds.rounds(), 6);
  EXPECT_GE(rounds.seconds(), std::max(writes.counts().seconds, judges.counts().seconds));
}

// As searches do it: everybody writes first. Who writes once more before it asks to be judged puts
// the two out of step, and from then on the devices overlap.
TEST(RoundsTest, WhoStartsTogetherStillKeepsBothAcceleratorsBusy) {
  Overlaps overlaps;
  const auto work = [&](std::span<const int>, std::span<int>) { overlaps.Work(20); };
  Rounds rounds;
  Gather<int, int> writes(rounds, "write", work, "x:0"), judges(rounds, "judge", work, "x:1");
  const auto late = [](Gather<int, int>& first, Gather<int, int>& second) -> Co<void> {
    const int ignored = co_await Twice(first, 1);
    (void)ignored;
    co_await Alternate(first, second, 3);
  };
  rounds.Spawn(Alternate(writes, judges, 3));
  rounds.Spawn(late(writes, judges));
  rounds.Run();
  EXPECT_GE(overlaps.count, 4);
}

TEST(RoundsTest, PhasesOfOneAcceleratorTakeTurns) {
  Overlaps overlaps;
  const auto work = [&](std::span<const int>, std::span<int>) { overlaps.Work(1); };
  Rounds rounds;
  Gather<int, int> writes(rounds, "write", work, "x:0"), judges(rounds, "judge", work, "x:0");
  rounds.Spawn(Alternate(writes, judges, 3));
  rounds.Spawn(Alternate(judges, writes, 3));
  rounds.Run();
  EXPECT_EQ(overlaps.count, 0);
  EXPECT_EQ(writes.counts().rows + judges.counts().rows, 12);
}

// The batches of each device where its dispatches take so many milliseconds.
std::vector<std::string> BatchesWithDelays(int writing, int judging) {
  const auto device = [](std::vector<std::string>& log, int milliseconds) {
    return [&log, milliseconds](std::span<const int> requests, std::span<int> replies) {
      std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
      for (size_t i = 0; i < requests.size(); ++i) replies[i] = 2 * requests[i];
      log.push_back(fmt::format("{}", fmt::join(requests, " ")));
    };
  };
  std::vector<std::string> written, judged;
  Rounds rounds;
  Gather<int, int> writes(rounds, "write", device(written, writing), "x:0");
  Gather<int, int> judges(rounds, "judge", device(judged, judging), "x:1");
  for (int i = 1; i <= 4; ++i) rounds.Spawn(Alternate(writes, judges, i));
  rounds.Spawn(Alternate(judges, writes, 3));
  rounds.Run();
  written.insert(written.end(), judged.begin(), judged.end());
  return written;
}

TEST(RoundsTest, BatchesDoNotDependOnHowLongAnAcceleratorTakes) {
  const std::vector<std::string> expected = BatchesWithDelays(0, 0);
  EXPECT_EQ(BatchesWithDelays(3, 0), expected);
  EXPECT_EQ(BatchesWithDelays(0, 3), expected);
}

TEST(RoundsTest, AFailureOnOneAcceleratorWaitsForTheOther) {
  std::atomic<bool> ended = false;
  Rounds rounds;
  Gather<int, int> broken(
      rounds, "broken",
      [](std::span<const int>, std::span<int>) { throw Error("the device broke"); }, "x:0");
  Gather<int, int> slow(
      rounds, "slow",
      [&](std::span<const int>, std::span<int>) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        ended = true;
      },
      "x:1");
  int alive = 0;
  rounds.Spawn(Wait(broken, 1, alive));
  rounds.Spawn(Wait(slow, 1, alive));
  EXPECT_THAT([&] { rounds.Run(); }, ThrowsMessage<Error>("the device broke"));
  EXPECT_TRUE(ended);
  EXPECT_EQ(alive, 0);
}

TEST(RoundsTest, AnExceptionPassesThroughAwaits) {
  std::vector<std::string> log;
  Rounds rounds;
  Doubler doubler(rounds, "a", log);
  bool caught = false;
  const auto outer = [](Gather<int, int>& gather, bool& flag) -> Co<void> {
    try {
      co_await FailAfter(gather, 1);
    } catch (const Error&) {
      flag = true;
    }
    const int ignored = co_await Twice(gather, 5);
    (void)ignored;
  };
  rounds.Spawn(outer(doubler.gather, caught));
  rounds.Run();
  EXPECT_TRUE(caught);
  EXPECT_THAT(log, ElementsAre("a: 0", "a: 5"));
}

TEST(RoundsTest, WaitingForNothingIsNamed) {
  Rounds rounds;
  rounds.Spawn(rounds.Park(rounds.NewTicket()));
  EXPECT_THAT([&] { rounds.Run(); }, ThrowsMessage<std::logic_error>(HasSubstr("1 coroutines")));
}

TEST(RoundsTest, AStopRequestInterruptsBetweenDispatches) {
  Rounds rounds;
  int batches = 0;
  Gather<int, int> gather(rounds, "a", [&](std::span<const int>, std::span<int>) {
    if (++batches == 3) RequestStop();
  });
  int alive = 0;
  rounds.Spawn(Wait(gather, 1, alive));
  EXPECT_THROW(rounds.Run(), Interrupted);
  ClearStop();
  EXPECT_EQ(batches, 3);
  EXPECT_EQ(alive, 0);
}

TEST(RoundsTest, ACoroutineMaySpawnOthers) {
  std::vector<std::string> log;
  Rounds rounds;
  Doubler doubler(rounds, "a", log);
  int result = 0;
  const auto spawner = [](Rounds& rounds, Gather<int, int>& gather, int* out) -> Co<void> {
    rounds.Spawn(Chain(gather, 4, 2, out));
    co_return;
  };
  rounds.Spawn(spawner(rounds, doubler.gather, &result));
  rounds.Run();
  EXPECT_EQ(result, 16);
}

TEST(RoundsTest, RunEachLetsTheNextBeginWhereOneEnds) {
  std::vector<std::string> log;
  Rounds rounds;
  Doubler doubler(rounds, "a", log);
  std::vector<int> results(5, 0);
  // Chain i, for i from 1 to 4, takes steps[i] batches.
  const int steps[] = {0, 1, 3, 1, 1};
  rounds.RunEach(1, 5, /*side_by_side=*/2, [&](int64_t i) {
    return Chain(doubler.gather, static_cast<int>(i), steps[i], &results[i]);
  });
  EXPECT_THAT(log, ElementsAre("a: 1 2", "a: 3 4", "a: 4 8"));
  EXPECT_THAT(results, ElementsAre(0, 2, 16, 6, 8));
  rounds.RunEach(0, 0, 2, [](int64_t) -> Co<void> { throw Error("nothing to do"); });
}

TEST(RoundsTest, AFailureEndsRunEachBeforeTheRestBegins) {
  std::vector<std::string> log;
  Rounds rounds;
  Doubler doubler(rounds, "a", log);
  int begun = 0;
  int alive = 0;
  const auto work = [&](int64_t i) {
    ++begun;
    return i == 1 ? FailAfter(doubler.gather, 1) : Wait(doubler.gather, 1, alive);
  };
  EXPECT_THAT([&] { rounds.RunEach(0, 100, 2, work); }, ThrowsMessage<Error>("the search broke"));
  EXPECT_EQ(begun, 2);
  EXPECT_EQ(alive, 0);
}

TEST(RoundsTest, CoroutinesThatNeverRanAreFreed) {
  std::vector<std::string> log;
  int alive = 0;
  auto rounds = std::make_unique<Rounds>();
  auto doubler = std::make_unique<Doubler>(*rounds, "a", log);
  rounds->Spawn(Wait(doubler->gather, 1, alive));
  doubler.reset();
  rounds.reset();
  EXPECT_EQ(alive, 0);
}

TEST(WhenAllTest, ChildrenShareBatchesAndAllEndFirst) {
  std::vector<std::string> log;
  Rounds rounds;
  Doubler doubler(rounds, "a", log);
  const auto parent = [](Rounds& rounds, Gather<int, int>& gather) -> Co<void> {
    std::vector<int> results(3);
    std::vector<Co<void>> children;
    for (int i = 0; i < 3; ++i) children.push_back(Chain(gather, i + 1, i + 1, &results[i]));
    co_await WhenAll(rounds, std::move(children));
    const int last = co_await Twice(gather, results[0] + results[1] + results[2]);
    EXPECT_EQ(last, 2 * (2 + 8 + 24));
    co_await WhenAll(rounds, {});
  };
  rounds.Spawn(parent(rounds, doubler.gather));
  rounds.Run();
  EXPECT_THAT(log, ElementsAre("a: 1 2 3", "a: 4 6", "a: 12", "a: 34"));
}

TEST(WhenAllTest, RethrowsAfterAllHaveEnded) {
  std::vector<std::string> log;
  Rounds rounds;
  Doubler doubler(rounds, "a", log);
  int result = 0;
  const auto parent = [](Rounds& rounds, Gather<int, int>& gather, int* out) -> Co<void> {
    std::vector<Co<void>> children;
    children.push_back(FailAfter(gather, 0));
    children.push_back(Chain(gather, 1, 3, out));
    co_await WhenAll(rounds, std::move(children));
  };
  rounds.Spawn(parent(rounds, doubler.gather, &result));
  EXPECT_THAT([&] { rounds.Run(); }, ThrowsMessage<Error>("the search broke"));
  EXPECT_EQ(result, 8);
}

// A child may hold references into its parent's frame, so it must go first.
TEST(WhenAllTest, ChildrenAreFreedBeforeTheirParent) {
  std::vector<std::string> log;
  Rounds rounds;
  Doubler doubler(rounds, "a", log);
  int parents = 0;
  std::vector<int> left_when_parent_went;
  struct Parent {
    int children = 0;
    std::vector<int>* out;
    ~Parent() { out->push_back(children); }
  };
  const auto parent = [](Rounds& rounds, Gather<int, int>& gather, std::vector<int>* out,
                         int& parents) -> Co<void> {
    const Alive guard(parents);
    Parent self{.out = out};
    std::vector<Co<void>> children;
    for (int i = 0; i < 3; ++i) children.push_back(Wait(gather, i, self.children));
    co_await WhenAll(rounds, std::move(children));
  };
  rounds.Spawn(parent(rounds, doubler.gather, &left_when_parent_went, parents));
  rounds.Spawn(FailAfter(doubler.gather, 3));
  EXPECT_THROW(rounds.Run(), Error);
  EXPECT_EQ(parents, 0);
  EXPECT_THAT(left_when_parent_went, ElementsAre(0));
}

}  // namespace
}  // namespace pgts
