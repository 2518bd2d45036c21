// SPDX-License-Identifier: Apache-2.0
#include "cli/options_command.h"

#include <gtest/gtest.h>

#include "base/files.h"

namespace pgts::cli {
namespace {

TEST(OptionsPage, IsWhatTheDocumentationHolds) {
  EXPECT_EQ(ReadFile(PGTS_SOURCE_DIR "/docs/OPTIONS.md"), OptionsPage())
      << "an option changed: build/release/pgts options --markdown >docs/OPTIONS.md";
}

}  // namespace
}  // namespace pgts::cli
