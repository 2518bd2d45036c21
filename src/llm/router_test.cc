// SPDX-License-Identifier: Apache-2.0
#include "llm/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "llm/fake_kv_backend.h"

namespace pgts::llm {
namespace {

using testing::ElementsAre;

// Two contexts; problem A's walkers stay together, up to a context's width, and come back to
// theirs.
TEST(Route, ProblemsStayTogetherAndWalkersComeHome) {
  FakeKvBackend a{2, 100, 1, 8}, b{2, 100, 1, 8};
  TokenLedger ledger;
  struct Idle : Batcher {
    using Batcher::Batcher;
    bool EndsUnread(Job&) override { return false; }
    void ReadOutput(Job&, int, const RowOutput&) override {}
    bool TakeOutput(Job&) override { return true; }
    void GiveUp(Job&) override {}
    void Read(std::span<Job* const> jobs) { Run(jobs); }
    void Hold(std::span<Job* const> jobs) { Join(jobs); }
  };
  const BatcherOptions options{.width = 2, .sequences = 2, .context = 100};
  Idle first(a, ledger, options, TokenLedger::Purpose::kScore);
  Idle second(b, ledger, options, TokenLedger::Purpose::kScore);
  const std::vector<const Batcher*> batchers = {&first, &second};
  const PrefixPtr one = Extend(nullptr, {1, 2, 3}), two = Extend(nullptr, {4, 5, 6});
  std::vector<RoutedPath> paths = {{1, one}, {2, two}, {3, one}, {4, two}, {5, one}};
  EXPECT_THAT(Route(paths, batchers), ElementsAre(0, 1, 0, 1, 0));
  paths.push_back({6, one});  // context 0 has its three of six
  EXPECT_THAT(Route(paths, batchers), ElementsAre(0, 1, 0, 1, 0, 1));

  Job job(*two, 7);
  Job* jobs[] = {&job};
  first.Read(jobs);
  paths = {{7, Extend(two, {8})}, {9, two}, {8, one}};
  EXPECT_THAT(Route(paths, batchers), ElementsAre(0, 0, 1));

  // What a context has to do already counts.
  first.Hold(jobs);
  paths = {{10, Extend(nullptr, {9, 9, 9})}};
  EXPECT_THAT(Route(paths, batchers), ElementsAre(1));
}

}  // namespace
}  // namespace pgts::llm
