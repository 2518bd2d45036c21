// SPDX-License-Identifier: Apache-2.0
#include "base/stop.h"

#include <gtest/gtest.h>

#include <csignal>

#include "base/error.h"

namespace pgts {
namespace {

TEST(StopTest, TheFirstSignalAsksTheSecondEnds) {
  EXPECT_EXIT(
      {
        InstallStopHandler();
        std::raise(SIGINT);
        if (!StopRequested()) std::exit(1);
        std::raise(SIGTERM);
        std::exit(2);
      },
      ::testing::ExitedWithCode(130), "stopping at the next safe point");
}

TEST(StopTest, ThrowsOnlyWhileRequested) {
  EXPECT_NO_THROW(ThrowIfStopped());
  RequestStop();
  EXPECT_THROW(ThrowIfStopped(), Interrupted);
  ClearStop();
  EXPECT_NO_THROW(ThrowIfStopped());
}

}  // namespace
}  // namespace pgts
