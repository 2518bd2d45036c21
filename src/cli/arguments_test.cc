// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.h"

#include <gmock/gmock.h>

namespace pgts::cli {
namespace {

using testing::ElementsAre;

TEST(Arguments, BothSpellingsOfAFlagAreOne) {
  EXPECT_THAT(NormaliseFlags({"--output_dir", "a_b", "--train_config=x_y.yaml"}),
              ElementsAre("--output-dir", "a_b", "--train-config=x_y.yaml"));
}

TEST(Arguments, WhatFollowsTheDoubleDashIsLeftAlone) {
  EXPECT_THAT(NormaliseFlags({"--", "--a_b"}), ElementsAre("--", "--a_b"));
}

}  // namespace
}  // namespace pgts::cli
