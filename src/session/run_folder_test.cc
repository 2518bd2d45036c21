// SPDX-License-Identifier: Apache-2.0
#include "session/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"

namespace pgts::session {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

template <typename Call>
std::string Refusal(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// Two runs, the second newer, in outputs/.
class RunFolderTest : public ::testing::Test {
 protected:
  RunFolderTest() {
    for (const char* run : {"outputs/tiny_1", "outputs/tiny_2"}) {
      WriteFileAtomic(In(run) + "/config.yaml", "run:\n");
      WriteFileAtomic(In(run) + "/policy_final.safetensors", "");
      WriteFileAtomic(In(run) + "/policy_checkpoints/checkpoint_10.safetensors", "");
    }
    const auto now = fs::file_time_type::clock::now();
    for (const char* file : {"", "/policy_final.safetensors"}) {
      fs::last_write_time(In("outputs/tiny_1") + file, now - std::chrono::hours(1));
      fs::last_write_time(In("outputs/tiny_2") + file, now);
    }
  }

  std::string In(const std::string& path) const { return folder_.File(path); }

  TempFolder folder_;
};

TEST_F(RunFolderTest, OwnsTheFilesInIt) {
  const std::string run = In("outputs/tiny_1");
  for (const char* file :
       {"", "/", "/policy_final.safetensors", "/policy_checkpoints/checkpoint_10.safetensors"}) {
    EXPECT_EQ(RunFolder::Owning(run + file).path, run) << file;
  }
}

TEST_F(RunFolderTest, AStarIsTheNewestAndPtIsSafetensors) {
  EXPECT_EQ(RunFolder::Owning(In("outputs/tiny_*")).path, In("outputs/tiny_2"));
  EXPECT_EQ(RunFolder::Owning(In("outputs/tiny_1/policy_final.pt")).path, In("outputs/tiny_1"));
  // The user's own command has both.
  EXPECT_EQ(RunFolder::Owning(In("outputs/tiny_*/policy_final.pt")).path, In("outputs/tiny_2"));
  EXPECT_EQ(ResolvePolicy(In("outputs/tiny_*/policy_final.pt")),
            In("outputs/tiny_2/policy_final.safetensors"));
}

TEST_F(RunFolderTest, IsFoundFromInsideToo) {
  const fs::path before = fs::current_path();
  fs::current_path(In("outputs/tiny_1/policy_checkpoints"));
  const std::string here = RunFolder::Owning("checkpoint_10.safetensors").path;
  const std::string above = RunFolder::Owning("../policy_final.safetensors").path;
  fs::current_path(before);
  EXPECT_TRUE(fs::equivalent(here, In("outputs/tiny_1"))) << here;
  EXPECT_EQ(above, "..");
}

TEST_F(RunFolderTest, WhatBelongsToNoRunIsRefused) {
  EXPECT_THAT(Refusal([&] { RunFolder::Owning(In("outputs/none")); }), HasSubstr("no such file"));
  EXPECT_THAT(Refusal([&] { RunFolder::Owning(In("outputs")); }), HasSubstr("not part of a run"));
  EXPECT_THAT(Refusal([&] { RunFolder::Owning(In("other_*")); }), HasSubstr("nothing matches"));
}

TEST_F(RunFolderTest, ARunMeansItsFinalPolicy) {
  EXPECT_EQ(ResolvePolicy(In("outputs/tiny_1")), In("outputs/tiny_1/policy_final.safetensors"));
  fs::remove(In("outputs/tiny_1/policy_final.safetensors"));
  EXPECT_THAT(Refusal([&] { ResolvePolicy(In("outputs/tiny_1")); }),
              AllOf(HasSubstr("no policy_final.safetensors yet"), HasSubstr("--resume")));
}

TEST_F(RunFolderTest, ARunIsNeverBegunOverAnother) {
  const RunFolder run{In("outputs/tiny_1")};
  EXPECT_THAT(Refusal([&] { run.Create(/*resume=*/false); }), HasSubstr("holds a run already"));
  run.Create(/*resume=*/true);
  const RunFolder fresh{In("outputs/new/run")};
  fresh.Create(/*resume=*/false);
  EXPECT_TRUE(fs::is_directory(fresh.path));
}

// A command that failed at once leaves a configuration, a log and an empty world: the mended
// command may use the same folder.
TEST_F(RunFolderTest, WhatHoldsNoWorkCanBeBegunAgain) {
  const RunFolder run{In("outputs/failed")};
  for (const std::string& file : {run.Config(), run.Log(), run.World() + "/steps.bin"}) {
    WriteFileAtomic(file, "");
  }
  EXPECT_NO_THROW(run.Create(/*resume=*/false));
  WriteFileAtomic(run.World() + "/steps.bin", "a step");
  EXPECT_THAT(Refusal([&] { run.Create(/*resume=*/false); }), HasSubstr("holds a run already"));
}

}  // namespace
}  // namespace pgts::session
