// SPDX-License-Identifier: Apache-2.0
#include "cli/run_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"
#include "hub/fake_hub.h"

namespace pgts::cli {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kTinyModel = PGTS_SOURCE_DIR "/models/tiny.gguf";

class RunFlagsTest : public ::testing::Test {
 protected:
  ~RunFlagsTest() override {
    unsetenv("PGTS_SEARCH_MAX_NODES");
    unsetenv("PGTS_DATA");
  }

  std::string Write(const std::string& name, const std::string& text) const {
    WriteFileAtomic(folder_.File(name), text);
    return folder_.File(name);
  }

  TempFolder folder_;
};

TEST_F(RunFlagsTest, FilesThenEnvironmentThenTheCommandLine) {
  const std::string base = Write("config.yaml", "search: {max_nodes: 10, max_depth: 5}\n");
  RunFlags flags{.train_config = Write("train.yaml", "search: {max_nodes: 20, max_width: 3}\n"),
                 .model = kTinyModel};
  EXPECT_EQ(LoadConfig(flags, base)->config.search.max_nodes, 20);
  setenv("PGTS_SEARCH_MAX_NODES", "30", 1);
  EXPECT_EQ(LoadConfig(flags, base)->config.search.max_nodes, 30);
  flags.assignments = {"search.max_nodes=40"};
  const auto loaded = LoadConfig(flags, base);
  EXPECT_EQ(loaded->config.search.max_nodes, 40);
  EXPECT_EQ(loaded->config.search.max_depth, 5);  // what only a lower file says stays
  EXPECT_EQ(loaded->config.search.max_width, 3);
  EXPECT_EQ(loaded->options.Source("search.max_nodes"), "--set");
}

TEST_F(RunFlagsTest, WithNothingGivenTheEmbeddedRecipeIsTaken) {
  const session::RunConfig embedded = LoadConfig({}, "")->config;
  EXPECT_TRUE(FileExists(embedded.generator.model_name)) << embedded.generator.model_name;
  EXPECT_EQ(embedded.generator.prompt, "plain");
  EXPECT_EQ(embedded.search.max_nodes, 60);
  // A model of the user's own has nothing to do with it.
  const session::RunConfig own = LoadConfig({.model = kTinyModel}, "")->config;
  EXPECT_EQ(own.generator.prompt, "auto");
  EXPECT_EQ(own.search.max_nodes, 80);
}

TEST_F(RunFlagsTest, TheFolderOfDataComesFromTheFlagBeforeTheEnvironment) {
  setenv("PGTS_DATA", "/from/environment", 1);
  EXPECT_EQ(LoadConfig({.model = kTinyModel}, "")->config.task.data_dir, "/from/environment");
  EXPECT_EQ(LoadConfig({.model = kTinyModel, .data = "/flag"}, "")->config.task.data_dir, "/flag");
}

TEST_F(RunFlagsTest, AModelThatIsNotThereIsNamedWithItsPlaceAndTheCure) {
  try {
    LoadConfig({.model_config = Write("model.yaml", "qwen3:\n  model_name: no/such.gguf\n")}, "");
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("qwen3.model_name ("), HasSubstr("model.yaml:2"),
                                    HasSubstr("no/such.gguf is not a file"), HasSubstr("--model")));
  }
}

class NamedModelTest : public RunFlagsTest {
 protected:
  NamedModelTest() { hub::HubEnvironment::Set("HF_ENDPOINT", hub_.endpoint()); }

  hub::HubEnvironment environment_;
  hub::FakeHub hub_;
};

TEST_F(NamedModelTest, TheGeneratorsComesWithTheConfiguration) {
  hub_->repositories["Qwen/Qwen3-8B-GGUF"].files = {{"Qwen3-8B-Q8_0.gguf", ReadFile(kTinyModel)},
                                                    {"Qwen3-8B-Q4_K_M.gguf", "no"}};
  const auto loaded =
      LoadConfig({.model = "Qwen/Qwen3-8B", .assignments = {"qwen3.load_in_8bit=true"}}, "");
  EXPECT_THAT(loaded->config.generator.model_name, EndsWith("/Qwen3-8B-Q8_0.gguf"));
  EXPECT_TRUE(FileExists(loaded->config.generator.model_name));
}

TEST_F(NamedModelTest, TheRewardModelsBaseComesWhereItIsTrained) {
  hub_->repositories["Qwen/Qwen3-4B-GGUF"].files = {{"Qwen3-4B-Q8_0.gguf", ReadFile(kTinyModel)}};
  const auto loaded = LoadConfig(
      {.model = kTinyModel, .assignments = {"reward_model.model_name=Qwen/Qwen3-4B"}}, "");
  EXPECT_EQ(loaded->config.reward_base.model_name, "Qwen/Qwen3-4B");
  EXPECT_TRUE(hub_->requests.empty());
  FindRewardBase(*loaded);
  EXPECT_THAT(loaded->config.reward_base.model_name, EndsWith("/Qwen3-4B-Q8_0.gguf"));
}

TEST_F(NamedModelTest, OfflineTheLineNamesThePlaceAndTheCommand) {
  hub::HubEnvironment::Set("HF_HUB_OFFLINE", "1");
  try {
    LoadConfig({.model = "Qwen/Qwen3-8B"}, "");
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(StartsWith("generator.model_name (--model): Qwen/Qwen3-8B: "),
                                    HasSubstr("pgts pull Qwen/Qwen3-8B:BF16")));
  }
}

}  // namespace
}  // namespace pgts::cli
