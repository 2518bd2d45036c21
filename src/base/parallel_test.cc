// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace pgts {
namespace {

using ::testing::Each;

TEST(RunParallel, EachItemOnceWhateverTheWorkers) {
  std::vector<int> items;
  for (int i = 0; i < 100; ++i) items.push_back(i);
  for (const int workers : {1, 3, 200}) {
    std::vector<int> calls(100, 0);
    RunParallel(items, workers, [&](int item) { ++calls[item]; });
    EXPECT_THAT(calls, Each(1)) << workers << " workers";
  }
  RunParallel({}, 4, [](int) { FAIL(); });
}

TEST(RunParallel, TheFirstExceptionByItemAndTheOthersAreStillDone) {
  const std::vector<int> items = {0, 1, 2, 3};
  std::vector<int> calls(4, 0);
  const auto run = [&](int item) {
    ++calls[item];
    if (item % 2 == 1) throw std::runtime_error(std::to_string(item));
  };
  EXPECT_THAT([&] { RunParallel(items, 2, run); },
              ::testing::ThrowsMessage<std::runtime_error>("1"));
  EXPECT_THAT(calls, Each(1));
}

}  // namespace
}  // namespace pgts
