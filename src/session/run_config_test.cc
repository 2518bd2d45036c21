// SPDX-License-Identifier: Apache-2.0
#include "session/run_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/temp_folder.h"

namespace pgts::session {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Declared {
  Declared() { DeclareOptions(config, options); }
  RunConfig config;
  OptionSet options;
};

class RunConfigTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& text) const {
    WriteFileAtomic(folder_.File("recipe.yaml"), text);
    return folder_.File("recipe.yaml");
  }
  std::string Refusal(const std::string& text) const {
    try {
      Declared().options.LoadYaml(Write(text));
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  std::string Explained(const Declared& declared) const {
    const std::string path = folder_.File("log");
    WriteFileAtomic(path, "");
    InitLog({.file = path});
    declared.options.ExplainInert();
    InitLog({});
    return ReadFile(path);
  }

  TempFolder folder_;
};

TEST_F(RunConfigTest, EveryRecipeOfTheRepositoryIsValid) {
  int recipes = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(PGTS_SOURCE_DIR "/config")) {
    if (entry.path().filename().string().find("_config_") == std::string::npos) continue;
    EXPECT_NO_THROW(Declared().options.LoadYaml(entry.path().string())) << entry.path();
    ++recipes;
  }
  EXPECT_GE(recipes, 8);
}

TEST_F(RunConfigTest, TheUsersKeysReachTheirSettings) {
  Declared declared;
  declared.options.LoadYaml(
      Write("policy_training:\n  batch_size: 4\n  step_penalty: -0.2\n"
            "  num_iterations: 7\nwarm_start:\n  problems: 3\n  epochs: 2\n"));
  EXPECT_EQ(declared.config.ppo.batch_size, 4);
  EXPECT_EQ(declared.config.rewards.step_penalty, -0.2);
  EXPECT_EQ(declared.config.loop.num_iterations, 7);
  EXPECT_EQ(declared.config.teacher.problems, 3);
  EXPECT_EQ(declared.config.warm_start.epochs, 2);
}

TEST_F(RunConfigTest, AnUnknownKeyNamesFileLineAndTheNearest) {
  EXPECT_THAT(Refusal("search:\n  max_depth: 3\n  max_node: 4\n"),
              AllOf(HasSubstr("recipe.yaml:3"), HasSubstr("search.max_node"),
                    HasSubstr("nearest valid key: search.max_nodes")));
  EXPECT_THAT(Refusal("policy_trainig:\n  batch_size: 4\n"),
              AllOf(HasSubstr("recipe.yaml:2"), HasSubstr("policy_training.batch_size")));
  EXPECT_THAT(Refusal("search:\n  max_nodes: 0\n"), HasSubstr("recipe.yaml:2"));
}

TEST_F(RunConfigTest, WhatWasResolvedLoadsBackTheSame) {
  Declared first;
  first.options.Set("search.temperature=0.3", "--set");
  first.options.Set("qwen3.model_name=a b.gguf", "--set");
  const std::string resolved = first.options.Yaml();
  EXPECT_THAT(resolved, AllOf(HasSubstr("generator:\n"), Not(HasSubstr("qwen3"))));
  Declared second;
  second.options.LoadYaml(Write(resolved));
  EXPECT_EQ(second.config.search.temperature, 0.3);
  EXPECT_EQ(second.config.generator.model_name, "a b.gguf");
  EXPECT_EQ(second.config.ppo.learning_rate, first.config.ppo.learning_rate);
}

TEST_F(RunConfigTest, EveryKeyWithoutEffectSaysWhyWhereItIsGiven) {
  Declared declared;
  const std::vector<std::string> given = {
      "qwen3.torch_dtype=float16",  "reward_model.load_in_8bit=true",
      "reward_model.num_labels=2",  "policy_training.algorithm=ppo",
      "optimization.use_fp16=true", "optimization.offload_optimizer=true"};
  for (const std::string& assignment : given) declared.options.Set(assignment, "--set");
  const std::string log = Explained(declared);
  for (const std::string& assignment : given) {
    EXPECT_THAT(log,
                HasSubstr(assignment.substr(0, assignment.find('=')) + " (--set) has no effect: "));
  }
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), given.size());
}

TEST_F(RunConfigTest, WeightTypesHaveAnEffectOnNamesOfTheHub) {
  Declared declared;
  for (const char* assignment :
       {"qwen3.model_name=Qwen/Qwen3-8B", "qwen3.torch_dtype=float16",
        "reward_model.model_name=Qwen/Qwen3-4B", "reward_model.load_in_8bit=true"}) {
    declared.options.Set(assignment, "--set");
  }
  EXPECT_EQ(Explained(declared), "");
  declared.options.Set("generator.load_in_8bit=true", "--set");
  EXPECT_THAT(Explained(declared), HasSubstr("qwen3.torch_dtype (--set) has no effect"));
}

TEST_F(RunConfigTest, WhatAKindOfRewardModelDoesNotUseSaysWhy) {
  Declared declared;
  declared.options.Set("reward_model.extra_layers=2", "--set");
  declared.options.Set("reward_training.text_loss_weight=0.5", "--set");
  EXPECT_EQ(Explained(declared), "");
  declared.options.Set("reward_model.kind=lora", "--set");
  EXPECT_THAT(Explained(declared),
              AllOf(HasSubstr("reward_model.extra_layers (--set) has no effect: only "),
                    Not(HasSubstr("text_loss_weight"))));
  declared.options.Set("reward_model.kind=head", "--set");
  EXPECT_THAT(Explained(declared), AllOf(HasSubstr("reward_model.extra_layers"),
                                         HasSubstr("reward_training.text_loss_weight (--set)")));
}

}  // namespace
}  // namespace pgts::session
