// SPDX-License-Identifier: Apache-2.0
#include "session/model_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "hub/environment.h"
#include "hub/fake_hub.h"
#include "llm/llama_model.h"
#include "llm/llama_quantize.h"

namespace pgts::session {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kTinyModel = PGTS_SOURCE_DIR "/models/tiny.gguf";

class ModelFileTest : public ::testing::Test {
 protected:
  std::string Tiny(const std::string& name, const char* type) const {
    const std::string path = environment_.folder.File(name);
    MakeFolderOf(path);
    llm::Quantize(kTinyModel, path, type);
    return path;
  }
  static std::string InEightBits(const std::string& name) {
    return FindModelFile(name, {.eight_bits = true}, Fetch::kNo);
  }

  hub::HubEnvironment environment_;
};

TEST_F(ModelFileTest, APathStaysAsItIs) {
  EXPECT_EQ(FindModelFile(kTinyModel, {}, Fetch::kYes), kTinyModel);
  EXPECT_EQ(FindModelFile("no/such.gguf", {}, Fetch::kYes), "no/such.gguf");
  EXPECT_EQ(FindModelFile("no/such", {}, Fetch::kNo), "no/such");
  EXPECT_EQ(FindModelFile("", {.eight_bits = true}, Fetch::kYes), "");
}

TEST_F(ModelFileTest, SixteenBitsAreQuantisedOnceBesideTheFile) {
  const std::string path = Tiny("own/tiny-BF16.gguf", "bf16");
  const std::string eight = InEightBits(path);
  EXPECT_THAT(eight, StartsWith(environment_.folder.File("own/tiny-BF16.8bit-")));
  EXPECT_LT(fs::file_size(eight), fs::file_size(path) * 3 / 5);
  EXPECT_THAT(llm::LlamaModel::Load(eight)->info().description, HasSubstr("Q8_0"));
  const auto made = fs::last_write_time(eight);
  EXPECT_EQ(InEightBits(path), eight);
  EXPECT_EQ(fs::last_write_time(eight), made);
  EXPECT_EQ(InEightBits(eight), eight);
  // What it was made of changes: it is made anew.
  fs::last_write_time(path, fs::last_write_time(path) + std::chrono::hours(1));
  EXPECT_NE(InEightBits(path), eight);
}

TEST_F(ModelFileTest, FewerBitsStay) {
  const std::string path = Tiny("tiny-Q4_0.gguf", "q4_0");
  testing::internal::CaptureStderr();
  EXPECT_EQ(InEightBits(path), path);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("load_in_8bit leaves them"));
}

TEST_F(ModelFileTest, TheHubsCacheIsLeftAsItIs) {
  const std::string path = Tiny("hf/hub/models--a--b/snapshots/c/b-F16.gguf", "f16");
  EXPECT_THAT(InEightBits(path), StartsWith(hub::OwnCache() + "/q8_0/b-F16.8bit-"));
}

TEST_F(ModelFileTest, ANameIsAFileOfTheHub) {
  hub::FakeHub server;
  hub::HubEnvironment::Set("HF_ENDPOINT", server.endpoint());
  server->repositories["Qwen/Qwen3-0.6B-GGUF"].files["Qwen3-0.6B-BF16.gguf"] =
      ReadFile(Tiny("tiny.gguf", "bf16"));
  EXPECT_EQ(FindModelFile("Qwen/Qwen3-0.6B", {}, Fetch::kNo), "Qwen/Qwen3-0.6B");
  const std::string path = FindModelFile("Qwen/Qwen3-0.6B", {}, Fetch::kYes);
  EXPECT_THAT(path, EndsWith("Qwen3-0.6B-BF16.gguf"));
  EXPECT_EQ(FindModelFile("Qwen/Qwen3-0.6B", {}, Fetch::kNo), path);
  EXPECT_THAT(InEightBits("Qwen/Qwen3-0.6B"), EndsWith("-Q8_0.gguf"));
  EXPECT_GT(llm::LlamaModel::Load(path)->info().parameters, 0);
}

TEST_F(ModelFileTest, AShardIsNamedByTheFirst) {
  for (const char* name : {"m-00001-of-00002.gguf", "m-00002-of-00002.gguf"}) {
    WriteFileAtomic(environment_.folder.File(name), "x");
  }
  const std::string first = environment_.folder.File("m-00001-of-00002.gguf");
  EXPECT_EQ(FindModelFile(first, {}, Fetch::kNo), first);
  EXPECT_THROW(FindModelFile(environment_.folder.File("m-00002-of-00002.gguf"), {}, Fetch::kNo),
               Error);
}

}  // namespace
}  // namespace pgts::session
