// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace pgts {
namespace {

using ::testing::Each;

using Runner = void (*)(std::span<const int>, int, const std::function<void(int)>&);

class RunEachItem : public ::testing::TestWithParam<Runner> {};
INSTANTIATE_TEST_SUITE_P(On, RunEachItem, ::testing::Values(&RunParallel, &RunOnTeam),
                         [](const auto& info) { return info.index == 0 ? "Threads" : "Team"; });

TEST_P(RunEachItem, OnceWhateverTheWorkers) {
  std::vector<int> items;
  for (int i = 0; i < 100; ++i) items.push_back(i);
  for (const int workers : {1, 3, 200}) {
    std::vector<int> calls(100, 0);
    GetParam()(items, workers, [&](int item) { ++calls[item]; });
    EXPECT_THAT(calls, Each(1)) << workers << " workers";
  }
  GetParam()({}, 4, [](int) { FAIL(); });
}

TEST_P(RunEachItem, TheFirstExceptionByItemAndTheOthersAreStillDone) {
  const std::vector<int> items = {0, 1, 2, 3};
  std::vector<int> calls(4, 0);
  const auto run = [&](int item) {
    ++calls[item];
    if (item % 2 == 1) throw std::runtime_error(std::to_string(item));
  };
  EXPECT_THAT([&] { GetParam()(items, 2, run); },
              ::testing::ThrowsMessage<std::runtime_error>("1"));
  EXPECT_THAT(calls, Each(1));
}

}  // namespace
}  // namespace pgts
