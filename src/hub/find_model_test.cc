// SPDX-License-Identifier: Apache-2.0
#include "hub/find_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "hub/data_sets.h"
#include "hub/environment.h"
#include "hub/fake_hub.h"

namespace pgts::hub {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class FindModelTest : public ::testing::Test {
 protected:
  void Own(const std::string& file) const {
    WriteFileAtomic(environment_.folder.File("models/" + file), file);
  }
  // The file's name; "" where nothing is found on this machine.
  static std::string Here(const std::string& name, const WeightsWish& wish = {}) {
    const auto found = FindHere(*ParseModelName(name), wish);
    return found ? pgts::FileName(found->path) : "";
  }
  LocalModel Find(const std::string& name, const WeightsWish& wish = {}) {
    return FindModel(*ParseModelName(name), wish, Hub(hub_.Options()));
  }
  std::string Failure(const std::string& name, const HubOptions& options,
                      const WeightsWish& wish = {}) {
    try {
      FindModel(*ParseModelName(name), wish, Hub(options));
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  HubEnvironment environment_;
  FakeHub hub_;
};

TEST_F(FindModelTest, FilesOfAllHabitsAreFound) {
  Own("Qwen_Qwen3-4B-Q8_0.gguf");
  EXPECT_EQ(Here("Qwen/Qwen3-4B"), "Qwen_Qwen3-4B-Q8_0.gguf");
  Own("lmstudio/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf");
  EXPECT_EQ(Here("Qwen/Qwen2.5-Coder-0.5B-Instruct"), "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf");
  EXPECT_EQ(Here("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF"),
            "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf");
  EXPECT_EQ(Here("Qwen/Qwen2.5-Coder-0.5B-Instruct:Q8_0"), "");
}

TEST_F(FindModelTest, RelativesAndWiderTypesAreNotTaken) {
  for (const char* file :
       {"Qwen3-8B-BF16.gguf", "Qwen3-8B-Base-Q8_0.gguf", "Qwen3-8B-Instruct-2507-Q8_0.gguf",
        "Qwen3-8B-Q4_K_M.gguf", "Qwen3-8B-Q8_0.gguf", "mmproj-Qwen3-8B-F16.gguf"}) {
    Own(file);
  }
  EXPECT_EQ(Here("Qwen/Qwen3-8B", {.eight_bits = true}), "Qwen3-8B-Q8_0.gguf");
  EXPECT_EQ(Here("Qwen/Qwen3-8B"), "Qwen3-8B-BF16.gguf");
  EXPECT_EQ(Here("Qwen/Qwen3-8B:q4_k_m"), "Qwen3-8B-Q4_K_M.gguf");
  EXPECT_EQ(Here("Qwen/Qwen3-8"), "");
}

TEST_F(FindModelTest, AnIncompleteSplitFileIsNone) {
  Own("Qwen3-8B-Q8_0-00001-of-00002.gguf");
  EXPECT_EQ(Here("Qwen/Qwen3-8B"), "");
  const std::string first = environment_.folder.File("models/Qwen3-8B-Q8_0-00001-of-00002.gguf");
  EXPECT_THROW(CheckShards(first), Error);
  Own("Qwen3-8B-Q8_0-00002-of-00002.gguf");
  EXPECT_EQ(Here("Qwen/Qwen3-8B"), "Qwen3-8B-Q8_0-00001-of-00002.gguf");
  CheckShards(first);
  try {
    CheckShards(environment_.folder.File("models/Qwen3-8B-Q8_0-00002-of-00002.gguf"));
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("shard 2 of 2"), HasSubstr("00001-of-00002.gguf")));
  }
}

TEST_F(FindModelTest, TheQuantisationThatWasAskedForDecidesAmongRepositories) {
  hub_->repositories["Qwen/Qwen3-8B-GGUF"].files = {{"Qwen3-8B-Q8_0.gguf", "8"},
                                                    {"Qwen3-8B-Q4_K_M.gguf", "4"}};
  hub_->repositories["unsloth/Qwen3-8B-GGUF"].files = {{"Qwen3-8B-BF16.gguf", "16"},
                                                       {"Qwen3-8B-Base-BF16.gguf", "base"}};
  EXPECT_THAT(Find("Qwen/Qwen3-8B", {.eight_bits = true}).path, EndsWith("Qwen3-8B-Q8_0.gguf"));
  EXPECT_THAT(Find("Qwen/Qwen3-8B:Q4_K_M").path, EndsWith("Qwen3-8B-Q4_K_M.gguf"));
  EXPECT_THAT(Find("unsloth/Qwen3-8B-GGUF").path, EndsWith("Qwen3-8B-BF16.gguf"));
  EXPECT_THAT(LocalModels(), SizeIs(3));
}

TEST_F(FindModelTest, WhereEightBitsAreNotPublishedSixteenCome) {
  hub_->repositories["unsloth/Qwen3-8B-GGUF"].files = {{"Qwen3-8B-BF16.gguf", "16"},
                                                       {"Qwen3-8B-Q4_K_M.gguf", "4"}};
  EXPECT_THAT(Find("Qwen/Qwen3-8B", {.eight_bits = true}).path, EndsWith("Qwen3-8B-BF16.gguf"));
}

TEST_F(FindModelTest, AnUnknownMakersModelIsSearchedFor) {
  hub_->searched = {"x/Novel-7B-Base-GGUF", "y/acme_Novel-7B-GGUF"};
  hub_->repositories["x/Novel-7B-Base-GGUF"].files = {{"Novel-7B-Base-BF16.gguf", "base"}};
  hub_->repositories["y/acme_Novel-7B-GGUF"].files = {{"acme_Novel-7B-Q8_0.gguf", "it"}};
  EXPECT_EQ(Find("acme/Novel-7B").repository, "y/acme_Novel-7B-GGUF");
}

TEST_F(FindModelTest, ARepositoryMayCallItsFilesAsItLikes) {
  hub_->repositories["me/odd-GGUF"].files = {{"weights-Q8_0.gguf", "it"}};
  EXPECT_THAT(Find("me/odd-GGUF:Q8_0").path, EndsWith("weights-Q8_0.gguf"));
  EXPECT_EQ(Here("me/odd-GGUF"), "weights-Q8_0.gguf");
}

TEST_F(FindModelTest, ATypeThatIsNotThereNamesThoseThatAre) {
  hub_->repositories["Qwen/Qwen3-8B-GGUF"].files = {{"Qwen3-8B-Q4_K_M.gguf", "4"}};
  EXPECT_THAT(Failure("Qwen/Qwen3-8B-GGUF:Q8_0", hub_.Options()),
              AllOf(HasSubstr("in Q8_0"), HasSubstr("there are: Q4_K_M"),
                    HasSubstr("Qwen/Qwen3-8B-GGUF:Q4_K_M")));
}

TEST_F(FindModelTest, OfflineNamesTheCommandThatFetches) {
  HubOptions options = hub_.Options();
  options.offline = true;
  EXPECT_THAT(Failure("Qwen/Qwen3-8B", options, {.eight_bits = true}),
              AllOf(HasSubstr("Qwen/Qwen3-8B: neither in "), HasSubstr("HF_HUB_OFFLINE is set"),
                    EndsWith("pgts pull Qwen/Qwen3-8B:Q8_0"), Not(HasSubstr("\n"))));
  EXPECT_THAT(hub_->requests, IsEmpty());
  Own("Qwen3-8B-Q8_0.gguf");
  EXPECT_EQ(Failure("Qwen/Qwen3-8B", options), "no error");
}

TEST_F(FindModelTest, AnAnswerThatIsNoHubsIsOneLine) {
  HubOptions options = hub_.Options();
  options.endpoint += "api/models?x=";  // answers, with something else
  EXPECT_THAT(Failure("Qwen/Qwen3-8B-GGUF", options), HasSubstr("check HF_ENDPOINT"));
}

TEST_F(FindModelTest, TheEnvironmentIsThatOfOtherTools) {
  HubEnvironment::Set("HF_ENDPOINT", "http://mirror");
  HubEnvironment::Set("HF_TOKEN", " hf_abc\n");
  HubEnvironment::Set("HF_HUB_OFFLINE", "1");
  HubOptions options = HubOptionsOfEnvironment();
  EXPECT_EQ(options.endpoint, "http://mirror/");
  EXPECT_EQ(options.token, "hf_abc");
  EXPECT_TRUE(options.offline);
  HubEnvironment::Set("MODEL_ENDPOINT", "http://other/");
  HubEnvironment::Set("HF_TOKEN", "");
  WriteFileAtomic(HubHome() + "/token", "hf_file\n");
  options = HubOptionsOfEnvironment();
  EXPECT_EQ(options.endpoint, "http://other/");
  EXPECT_EQ(options.token, "hf_file");
}

TEST_F(FindModelTest, ADataSetIsPinned) {
  const std::string source = hub_.endpoint() + "cdn/";
  // The server has files of that name, and of other bytes.
  hub_->repositories["openai/grade-school-math"]
      .files["3101c7d5072418e28b9008a6636bde82a006892c/grade_school_math/data/train.jsonl"] =
      std::string(4166206, 'x');
  const std::string folder = environment_.folder.File("data");
  try {
    FetchDataSet("gsm8k", folder, hub_.Options(), source);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("gsm8k/train.jsonl"), HasSubstr("SHA-256")));
  }
  EXPECT_FALSE(FileExists(folder + "/gsm8k/train.jsonl"));
  EXPECT_THROW(FetchDataSet("math", folder, hub_.Options()), Error);
}

}  // namespace
}  // namespace pgts::hub
