// SPDX-License-Identifier: Apache-2.0
#include "cli/reward_model_flag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"

namespace pgts::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

TEST(RewardModelFlagTest, ARunMeansItsRewardModelAndEitherBringsTheConfiguration) {
  const TempFolder folder;
  WriteFileAtomic(folder.File("run/config.yaml"), "run:\n");
  EXPECT_THAT([&] { FindRewardModel(folder.File("run")); },
              Throws<Error>(Property(&Error::what, HasSubstr("no reward model yet"))));
  WriteFileAtomic(folder.File("run/reward_model_final/reward_model.json"), "{}");
  for (const char* given : {"run", "ru*", "run/reward_model_final", "run/reward_model_final/"}) {
    const RewardModelPlace place = FindRewardModel(folder.File(given));
    EXPECT_TRUE(FileExists(place.folder + "/reward_model.json")) << given;
    EXPECT_EQ(place.base_config, folder.File("run/config.yaml")) << given;
  }
}

TEST(RewardModelFlagTest, OneWithoutARunHasNoConfiguration) {
  const TempFolder folder;
  WriteFileAtomic(folder.File("alone/reward_model.json"), "{}");
  const RewardModelPlace place = FindRewardModel(folder.File("alone"));
  EXPECT_EQ(place.folder, folder.File("alone"));
  EXPECT_EQ(place.base_config, "");
}

}  // namespace
}  // namespace pgts::cli
