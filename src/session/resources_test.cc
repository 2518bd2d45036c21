// SPDX-License-Identifier: Apache-2.0
#include "session/resources.h"

#include <gtest/gtest.h>

#include "base/files.h"

namespace pgts::session {
namespace {

TEST(ResourcesTest, AreFoundBesideTheProgram) {
  EXPECT_TRUE(FileExists(FindResource("models/tiny.gguf")));
  EXPECT_EQ(FindResource("no/such/file"), "no/such/file");
  EXPECT_EQ(FindResource("/absolute"), "/absolute");
}

}  // namespace
}  // namespace pgts::session
