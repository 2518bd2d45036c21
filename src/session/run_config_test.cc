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

TEST_F(RunConfigTest, AKeyWithoutEffectSaysWhy) {
  Declared declared;
  for (const char* given : {"qwen3.torch_dtype=float16", "optimization.use_fp16=true",
                            "optimization.offload_optimizer=true"}) {
    declared.options.Set(given, "--set");
  }
  InitLog({.file = folder_.File("log")});
  ExplainKeysWithoutEffect(declared.config, declared.options);
  InitLog({});
  EXPECT_THAT(ReadFile(folder_.File("log")),
              AllOf(HasSubstr("qwen3.torch_dtype (--set) has no effect"),
                    HasSubstr("optimization.use_fp16"), HasSubstr("offload_optimizer"),
                    Not(HasSubstr("load_in_8bit"))));
}

// A run's own file holds every key; what had no effect was said when the run began.
TEST_F(RunConfigTest, AResolvedFileExplainsNothing) {
  Declared declared;
  const std::string resolved = Write(declared.options.Yaml());
  declared.options.LoadYaml(resolved);
  InitLog({.file = folder_.File("log")});
  ExplainKeysWithoutEffect(declared.config, declared.options, resolved);
  EXPECT_EQ(ReadFile(folder_.File("log")), "");
  ExplainKeysWithoutEffect(declared.config, declared.options);
  InitLog({});
  EXPECT_THAT(ReadFile(folder_.File("log")), HasSubstr("qwen3.torch_dtype"));
}

}  // namespace
}  // namespace pgts::session
