// SPDX-License-Identifier: Apache-2.0
#include "train/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "base/options.h"
#include "train/plan_text.h"

namespace pgts::train {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

constexpr double kGiB = 1 << 30;
constexpr int64_t kCard = int64_t{24} << 30;

session::RunConfig Recipe(const std::string& name, const std::vector<std::string>& set = {}) {
  session::RunConfig config;
  OptionSet options;
  session::DeclareOptions(config, options);
  options.LoadYaml(PGTS_SOURCE_DIR "/config/model_config_" + name + ".yaml");
  options.LoadYaml(PGTS_SOURCE_DIR "/config/training_config_" + name + ".yaml");
  for (const std::string& assignment : set) options.Set(assignment, "--set");
  return config;
}

session::RunConfig Tiny() {
  session::RunConfig config = Recipe("tiny", {"engine.threads=2"});
  config.generator.model_name = config.reward_base.model_name = PGTS_SOURCE_DIR "/models/tiny.gguf";
  return config;
}

// Of all its parts on that device, in the last phase that has one.
PartMemory Part(const Plan& plan, const std::string& device, const std::string& what) {
  PartMemory sum;
  for (const PhasePlan& phase : plan.phases) {
    PartMemory found;
    for (const PartMemory& part : phase.parts) {
      if (part.device != device || part.what != what) continue;
      found.weights += part.weights, found.kv += part.kv;
      found.scratch += part.scratch, found.optimiser += part.optimiser;
    }
    if (found.Total() > 0) sum = found;
  }
  return sum;
}

const DeviceMemory& Device(const PhasePlan& phase, const std::string& name) {
  return *std::ranges::find(phase.devices, name, &DeviceMemory::device);
}

// The table of docs/TRAINING_GUIDE_2GPU.md: 16, 8 and 2 GB (of 10^9 bytes) for the three models.
TEST(PlanTest, TheTwoGpuRecipeFitsOnTwoCardsOf24GiB) {
  const Plan plan = MakePlan(Recipe("2gpu"), {.device_memory = {kCard, kCard}});
  EXPECT_TRUE(plan.Fits()) << PlanText(plan);
  ASSERT_THAT(plan.phases, SizeIs(3));
  const PartMemory generator = Part(plan, "cuda:0", "generator");
  EXPECT_NEAR(static_cast<double>(generator.weights) / 1e9, 15.1, 0.1);  // and 1.2 on the host
  EXPECT_NEAR(static_cast<double>(Part(plan, "cpu", "generator").weights) / 1e9, 1.24, 0.01);
  EXPECT_NEAR(static_cast<double>(Part(plan, "cuda:1", "reward model").weights) / 1e9, 8.2, 0.1);
  const PartMemory policy = Part(plan, "cpu", "policy");
  EXPECT_NEAR(static_cast<double>(policy.weights + policy.optimiser) / 1e9, 0.22, 0.02);
  EXPECT_GT(generator.kv, 3 * kGiB);
  EXPECT_EQ(plan.models.front().source, "shape qwen3-8b");
  EXPECT_THAT(plan.cures, IsEmpty());
  EXPECT_GE(plan.widest, 32);
  EXPECT_FALSE(plan.rate.measured);
  EXPECT_GT(plan.Seconds(), 600);
  // Phase 1 trains beside the generator, on the other card.
  EXPECT_GT(Device(plan.phases[1], "cuda:1").needed, 8 * kGiB);
  EXPECT_LT(Device(plan.phases[1], "cuda:1").needed, 23 * kGiB);
}

TEST(PlanTest, WhereItDoesNotFitTheUsersOwnSettingsHelp) {
  const int64_t small = int64_t{12} << 30;
  const Plan plan = MakePlan(Recipe("2gpu"), {.device_memory = {small, kCard}});
  EXPECT_FALSE(plan.Fits());
  EXPECT_THAT(plan.cures, Contains(HasSubstr("load_in_8bit = true")));
  const std::string line = WhyItDoesNotFit(plan);
  EXPECT_THAT(line, AllOf(HasSubstr("on cuda:0"), HasSubstr("it fits with"), Not(HasSubstr("\n"))));
  // What it says is true.
  const Plan cured =
      MakePlan(Recipe("2gpu", {"generator.load_in_8bit=true", "reward_model.load_in_8bit=true"}),
               {.device_memory = {small, kCard}});
  EXPECT_TRUE(cured.Fits()) << PlanText(cured);
  EXPECT_EQ(WhyItDoesNotFit(cured), "");
}

TEST(PlanTest, WhereTheRewardModelCannotBeTrainedShorterSequencesHelp) {
  const Plan plan = MakePlan(Recipe("2gpu"), {.device_memory = {kCard, int64_t{12} << 30}});
  EXPECT_FALSE(plan.Fits());
  EXPECT_THAT(plan.cures, Contains("optimization.max_sequence_length = 512"));
}

TEST(PlanTest, OnSmallCardsSeveralSettingsTogetherHelp) {
  const Plan plan =
      MakePlan(Recipe("2gpu"), {.device_memory = {int64_t{4} << 30, int64_t{6} << 30}});
  EXPECT_FALSE(plan.Fits());
  ASSERT_THAT(plan.cures, SizeIs(1));
  EXPECT_THAT(plan.cures.front(), AllOf(HasSubstr("load_in_8bit"), HasSubstr("a smaller one"),
                                        HasSubstr("max_sequence_length = 256")));
}

TEST(PlanTest, EightBitsHalveTheWeights) {
  const Plan whole = MakePlan(Recipe("2gpu"), {.device_memory = {kCard, kCard}});
  const Plan half =
      MakePlan(Recipe("2gpu", {"qwen3.load_in_8bit=true"}), {.device_memory = {kCard, kCard}});
  const auto of = [](const Plan& plan) {
    return static_cast<double>(Part(plan, "cuda:0", "generator").weights);
  };
  EXPECT_NEAR(of(half) / of(whole), 8.5 / 16, 0.01);
}

TEST(PlanTest, CheckpointingAndSmallBatchesSpareScratch) {
  const auto scratch = [](const std::vector<std::string>& set) {
    const Plan plan = MakePlan(Recipe("2gpu", set), {.device_memory = {kCard, kCard}});
    for (const PartMemory& part : plan.phases[1].parts) {
      if (part.device == "cuda:1") return part.scratch;
    }
    return int64_t{0};
  };
  const std::string keeps = "optimization.use_gradient_checkpointing=false";
  const int64_t given = scratch({}), kept = scratch({keeps});
  EXPECT_GT(kept, 3 * given);
  EXPECT_LT(scratch({keeps, "reward_training.batch_size=1"}), kept);
  EXPECT_LT(scratch({"optimization.max_sequence_length=512"}), given);
}

TEST(PlanTest, TheEmbeddedModelIsPlannedByItsFile) {
  const Plan plan = MakePlan(Tiny(), {});
  EXPECT_TRUE(plan.Fits());
  EXPECT_EQ(plan.models.front().source, "file");
  EXPECT_EQ(plan.reward_kind, "full");
  for (const PhasePlan& phase : plan.phases) {
    ASSERT_THAT(phase.devices, SizeIs(1));
    EXPECT_EQ(phase.devices.front().device, "cpu");
    EXPECT_GT(phase.devices.front().capacity, 0);
  }
  EXPECT_THAT(plan.faults, IsEmpty());
  EXPECT_LT(static_cast<double>(plan.HostMemory()), 2 * kGiB);
  EXPECT_GT(plan.Tokens(), 100'000);
}

TEST(PlanTest, TheRateCanBeMeasured) {
  const Plan plan = MakePlan(Tiny(), {.measure = true, .advise = false});
  EXPECT_TRUE(plan.rate.measured);
  EXPECT_GT(plan.rate.tokens_per_second, 10);
  EXPECT_THROW(MakePlan(Recipe("2gpu"), {.device_memory = {kCard, kCard}, .measure = true}), Error);
}

TEST(PlanTest, WhatCannotBePlannedIsOneLine) {
  session::RunConfig config = Recipe("2gpu", {"generator.model_name=owner/Unheard-7B"});
  EXPECT_THAT(
      [&] {
        MakePlan(config, {.device_memory = {kCard, kCard}});
      },
      ThrowsMessage<Error>(AllOf(HasSubstr("owner/Unheard-7B"), HasSubstr("--shape"))));
  EXPECT_NO_THROW(
      MakePlan(config, {.device_memory = {kCard, kCard}, .generator_shape = "qwen2.5-7b:q8_0"}));
  EXPECT_THAT([&] { MakePlan(Recipe("2gpu"), {.device_memory = {kCard}}); },
              ThrowsMessage<Error>(AllOf(HasSubstr("'cuda:1'"), HasSubstr("--device-memory"))));
}

TEST(PlanTest, FaultsOfAnotherKindAreToldToo) {
  const Plan plan =
      MakePlan(Recipe("2gpu", {"policy_network.num_heads=7"}), {.device_memory = {kCard, kCard}});
  EXPECT_THAT(plan.faults, Contains(HasSubstr("num_heads = 7")));
  EXPECT_THAT(plan.faults, Not(Contains(HasSubstr("/pgts_"))));  // of no temporary folder
}

// A base that knows fewer tokens than the generator writes.
TEST(PlanTest, ModelsOfTwoFamiliesAreAFault) {
  const Plan plan = MakePlan(Recipe("2gpu", {"reward_model.model_name=SmolLM2-135M"}),
                             {.device_memory = {kCard, kCard}});
  EXPECT_THAT(plan.faults, Contains(HasSubstr("knows 49152 tokens")));
}

TEST(PlanTest, PhaseTwoAloneHasOnePhase) {
  const Plan plan =
      MakePlan(Recipe("2gpu"), {.device_memory = {kCard, kCard}, .trains_reward_model = false});
  ASSERT_THAT(plan.phases, SizeIs(1));
  EXPECT_EQ(plan.phases.front().name, "phase 2: policy");
}

TEST(PlanTest, IsOneJsonObject) {
  const Json json = ToJson(MakePlan(Recipe("2gpu"), {.device_memory = {kCard, kCard}}));
  EXPECT_EQ(json["fits"], true);
  EXPECT_EQ(json["phases"].size(), 3u);
  const Json& device = json["phases"][2]["devices"][1];
  EXPECT_EQ(device["device"], "cuda:0");
  int64_t sum = 0;
  for (const Json& part : device["parts"]) sum += part["sum"].get<int64_t>();
  EXPECT_EQ(device["needed"], sum);
  EXPECT_EQ(device["head_room"].get<int64_t>(), kCard - device["kept_back"].get<int64_t>() - sum);
  EXPECT_TRUE(json["phases"][2]["devices"][0]["capacity"].is_null());  // of a host elsewhere
}

}  // namespace
}  // namespace pgts::train
