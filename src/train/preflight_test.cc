// SPDX-License-Identifier: Apache-2.0
#include "train/preflight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "session/reward_wiring.h"

namespace pgts::train {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

session::RunConfig Tiny() {
  session::RunConfig config;
  config.generator.model_name = PGTS_SOURCE_DIR "/models/tiny.gguf";
  config.optimization.max_sequence_length = 256;
  return config;
}

std::string Refusal(const session::RunConfig& config, bool trains_reward_model = true) {
  try {
    CheckBeforeTraining(config, trains_reward_model);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(PreflightTest, TheEmbeddedModelCanBeTrained) { EXPECT_EQ(Refusal(Tiny()), ""); }

TEST(PreflightTest, WhatFailsAfterHoursFailsAtOnce) {
  session::RunConfig config = Tiny();
  config.policy_network.num_heads = 7;
  EXPECT_THAT(Refusal(config), HasSubstr("num_heads = 7"));
  config = Tiny();
  config.task.name = "gsm8k";
  EXPECT_THAT(Refusal(config), HasSubstr("--data DIR"));
  config = Tiny();
  config.reward_training.device = "gpu";
  EXPECT_THAT(Refusal(config), AllOf(HasSubstr("gpu"), HasSubstr("cuda:N")));
  config.reward_training.device = "cuda:99";
  EXPECT_THAT(Refusal(config), AllOf(HasSubstr("cuda:99 is not there"), HasSubstr("use cpu")));
}

TEST(PreflightTest, TheBaseIsLookedAtWhereItIsTrained) {
  session::RunConfig config = Tiny();
  config.optimization.max_sequence_length = 100'000;
  EXPECT_THAT(Refusal(config), AllOf(HasSubstr("max_sequence_length = 100000"),
                                     HasSubstr("tiny.gguf"), HasSubstr("lower it")));
  EXPECT_EQ(Refusal(config, /*trains_reward_model=*/false), "");
  config = Tiny();
  config.reward_base.model_name = "no/such.gguf";
  EXPECT_THAT(Refusal(config), HasSubstr("no/such.gguf"));
}

TEST(PreflightTest, TheBaseMustKnowTheGeneratorsTokens) {
  EXPECT_NO_THROW(CheckVocabularies(288, 288, "base.gguf"));
  EXPECT_NO_THROW(CheckVocabularies(151'936, 152'064, "base.gguf"));  // padded rows
  EXPECT_THROW(CheckVocabularies(49'152, 288, "base.gguf"), Error);
}

TEST(PreflightTest, TheBaseHoldsTheGeneratorsLongestPath) {
  EXPECT_NO_THROW(session::CheckContexts(4096, 4096, "base.gguf"));
  EXPECT_THAT([] { session::CheckContexts(4096, 512, "base.gguf"); },
              ThrowsMessage<Error>(HasSubstr("set engine.context = 512")));
}

}  // namespace
}  // namespace pgts::train
