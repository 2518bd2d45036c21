// SPDX-License-Identifier: Apache-2.0
// Every fault of a hub ends as one line, and leaves nothing where a model is expected.
#include "hub/download.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "base/stop.h"
#include "hub/environment.h"
#include "hub/fake_hub.h"
#include "hub/find_model.h"
#include "hub/local_models.h"

namespace pgts::hub {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kRepository = "Qwen/Qwen3-8B-GGUF";
constexpr const char* kFile = "Qwen3-8B-Q8_0.gguf";

class DownloadTest : public ::testing::Test {
 protected:
  DownloadTest() {
    for (int i = 0; i < 300000; ++i) bytes_ += static_cast<char>(i * i >> 3);
    hub_->repositories[kRepository].files[kFile] = bytes_;
  }

  LocalModel Find(const std::string& name = "Qwen/Qwen3-8B") {
    return FindModel(*ParseModelName(name), {.eight_bits = true}, Hub(hub_.Options()));
  }

  // The one line that ends it; nothing may lie where a model is expected then.
  std::string Failure() {
    try {
      Find();
    } catch (const Error& error) {
      EXPECT_THAT(std::string(error.what()), Not(HasSubstr("\n")));
      EXPECT_THAT(LocalModels(), IsEmpty());
      return error.what();
    }
    ADD_FAILURE() << "no error";
    return "";
  }

  // What is left of downloads, of any kind.
  static std::vector<std::string> Blobs() {
    std::vector<std::string> names;
    const std::string folder = CachedRepository(kRepository) + "/blobs";
    if (!FileExists(folder)) return names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  HubEnvironment environment_;
  FakeHub hub_;
  std::string bytes_;
};

TEST_F(DownloadTest, AModelLiesWhereOtherToolsLookForIt) {
  testing::internal::CaptureStderr();
  const LocalModel model = Find();
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("Qwen/Qwen3-8B: from Qwen/Qwen3-8B-GGUF, Qwen3-8B-Q8_0.gguf"),
                    HasSubstr("0.3 MB"), HasSubstr("licence apache-2.0")));
  const std::string folder = HubCache() + "/models--Qwen--Qwen3-8B-GGUF";
  EXPECT_EQ(model.path, folder + "/snapshots/" + FakeHub::kCommit + "/" + kFile);
  EXPECT_EQ(ReadFile(model.path), bytes_);
  EXPECT_EQ(ReadFile(folder + "/refs/main"), FakeHub::kCommit);
  EXPECT_EQ(std::filesystem::read_symlink(model.path), "../../blobs/" + HashOf(bytes_));
  // The second time nobody is asked.
  const size_t asked = hub_->requests.size();
  EXPECT_EQ(Find().path, model.path);
  EXPECT_EQ(hub_->requests.size(), asked);
}

TEST_F(DownloadTest, ACutConnectionGoesOnWhereItBroke) {
  hub_->faults[kFile].cut_after = 100000;
  EXPECT_EQ(ReadFile(Find().path), bytes_);
  const auto asked = hub_.Asked("/resolve/");
  ASSERT_THAT(asked, SizeIs(2));
  EXPECT_THAT(asked[0], HasSubstr("range= "));
  EXPECT_THAT(asked[1], HasSubstr("range=bytes=100000-"));
}

TEST_F(DownloadTest, WhatAnEarlierProgramLeftIsGoneOnWith) {
  const std::string part =
      CachedRepository(kRepository) + "/blobs/" + HashOf(bytes_) + ".downloadInProgress";
  WriteFileAtomic(part, bytes_.substr(0, 250000));
  EXPECT_EQ(ReadFile(Find().path), bytes_);
  EXPECT_THAT(hub_.Asked("/resolve/"), ElementsAre(HasSubstr("range=bytes=250000-")));
  EXPECT_FALSE(FileExists(part));
}

TEST_F(DownloadTest, AServerWithoutRangesSendsAllOfItAgain) {
  hub_->faults[kFile].cut_after = 100000;
  hub_->faults[kFile].no_ranges = true;
  EXPECT_EQ(ReadFile(Find().path), bytes_);
}

TEST_F(DownloadTest, AServerThatIsGoneIsGivenUp) {
  hub_->faults[kFile].status = 503;
  EXPECT_THAT(Failure(), AllOf(HasSubstr("Qwen/Qwen3-8B-GGUF/Qwen3-8B-Q8_0.gguf: http://127.0.0.1"),
                               HasSubstr("gave no whole answer in 3 attempts"),
                               HasSubstr("the server fails (503)")));
  EXPECT_THAT(hub_->waits, ElementsAre(1, 2));
}

TEST_F(DownloadTest, OnceSomethingCameItIsAskedForLonger) {
  hub_->faults[kFile] = {.cut_after = 100000, .status_after_cut = 503};
  EXPECT_THAT(Failure(), HasSubstr("in 6 attempts"));
  EXPECT_THAT(hub_->waits, ElementsAre(1, 2, 4, 8, 16));
  EXPECT_THAT(Blobs(), ElementsAre(HashOf(bytes_) + ".downloadInProgress"));
}

TEST_F(DownloadTest, NobodyAnswers) {
  HubOptions options = hub_.Options();
  options.endpoint = "http://127.0.0.1:1/";
  try {
    FindModel(*ParseModelName("Qwen/Qwen3-8B"), {}, Hub(options));
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("http://127.0.0.1:1"), HasSubstr("Could not establish connection"),
                      HasSubstr("check the network")));
  }
}

TEST_F(DownloadTest, AWrongSizeIsThrownAway) {
  hub_->faults[kFile].told_bytes = 299999;
  EXPECT_THAT(Failure(),
              AllOf(HasSubstr("should have 299999 bytes"), HasSubstr("has 300000 bytes")));
  EXPECT_THAT(Blobs(), IsEmpty());
}

TEST_F(DownloadTest, AWrongHashIsThrownAway) {
  hub_->faults[kFile].damaged = true;
  EXPECT_THAT(Failure(), AllOf(HasSubstr("its SHA-256 is "), HasSubstr(HashOf(bytes_))));
  EXPECT_THAT(Blobs(), IsEmpty());
  hub_->faults[kFile].damaged = false;
  EXPECT_EQ(ReadFile(Find().path), bytes_);
}

TEST_F(DownloadTest, RefusedFilesNameTheLicenceAndTheToken) {
  hub_->faults[kFile].status = 401;
  EXPECT_THAT(Failure(), AllOf(HasSubstr("refuses it (status 401)"), HasSubstr("HF_TOKEN")));
  EXPECT_THAT(Blobs(), IsEmpty());
}

TEST_F(DownloadTest, AMissingRepositoryNamesWhatWasAsked) {
  hub_->repositories.clear();
  hub_->faults["unsloth/Qwen3-8B-GGUF"].status = 401;
  EXPECT_THAT(Failure(),
              AllOf(HasSubstr("Qwen/Qwen3-8B-GGUF (not there)"),
                    HasSubstr("unsloth/Qwen3-8B-GGUF (not there, or private: HF_TOKEN is not set)"),
                    HasSubstr("check the name")));
}

TEST_F(DownloadTest, AMissingFileIsOneLine) {
  hub_->faults[kFile].status = 404;
  EXPECT_THAT(Failure(), AllOf(HasSubstr("Qwen3-8B-Q8_0.gguf: not on http://"), HasSubstr("404")));
}

TEST_F(DownloadTest, ABusyServerIsWaitedForAsLongAsItAsks) {
  hub_->faults[kFile] = {.status = 429, .times = 2, .retry_after = "7"};
  EXPECT_EQ(ReadFile(Find().path), bytes_);
  EXPECT_THAT(hub_->waits, ElementsAre(7, 7));
}

TEST_F(DownloadTest, AServerThatAsksForAnHourEndsIt) {
  hub_->faults[kRepository] = {.status = 429, .retry_after = "3600"};
  EXPECT_THAT(Failure(), HasSubstr("asks to come back in 3600 s (status 429)"));
  EXPECT_THAT(hub_->waits, IsEmpty());
}

TEST_F(DownloadTest, ARedirectIsFollowedWithoutTheToken) {
  hub_->faults[kFile].redirected = true;
  HubOptions options = hub_.Options();
  options.token = "hf_secret";
  testing::internal::CaptureStderr();
  const LocalModel model = FindModel(*ParseModelName(kRepository), {}, Hub(options));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), Not(HasSubstr("hf_secret")));
  EXPECT_EQ(ReadFile(model.path), bytes_);
  EXPECT_THAT(hub_.Asked("/resolve/"), ElementsAre(HasSubstr("token=Bearer hf_secret")));
  EXPECT_THAT(hub_.Asked("/cdn/"), ElementsAre(testing::EndsWith("token=")));
}

TEST_F(DownloadTest, AFullDiskKeepsWhatCame) {
  signal(SIGXFSZ, SIG_IGN);
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit full = {.rlim_cur = 120000, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &full);
  const std::string failure = Failure();
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_THAT(failure, AllOf(HasSubstr("cannot write"), HasSubstr(".downloadInProgress")));
  EXPECT_EQ(ReadFile(Find().path), bytes_);
  EXPECT_THAT(hub_.Asked("/resolve/").back(), HasSubstr("range=bytes=120000-"));
}

TEST_F(DownloadTest, ADiskThatIsTooSmallIsSaidBefore) {
  hub_->faults[kFile].told_bytes = int64_t{1} << 60;
  EXPECT_THAT(Failure(), AllOf(HasSubstr("needs "), HasSubstr("are free"), HasSubstr("HF_HOME")));
  EXPECT_THAT(hub_.Asked("/resolve/"), IsEmpty());
}

TEST_F(DownloadTest, StoppingKeepsWhatCame) {
  hub_->faults[kFile].cut_after = 100000;
  HubOptions options = hub_.Options();
  options.patience.sleep = [](double) { throw Interrupted(); };
  EXPECT_THROW(FindModel(*ParseModelName(kRepository), {}, Hub(options)), Interrupted);
  EXPECT_THAT(LocalModels(), IsEmpty());
  EXPECT_THAT(Blobs(), ElementsAre(HashOf(bytes_) + ".downloadInProgress"));
}

TEST_F(DownloadTest, ShardsAppearTogether) {
  hub_->repositories[kRepository].files = {{"Q8_0/Qwen3-8B-Q8_0-00001-of-00002.gguf", "first"},
                                           {"Q8_0/Qwen3-8B-Q8_0-00002-of-00002.gguf", "second"}};
  hub_->faults["Q8_0/Qwen3-8B-Q8_0-00002-of-00002.gguf"].status = 404;
  Failure();
  hub_->faults.clear();
  const LocalModel model = Find();
  EXPECT_THAT(model.path, HasSubstr("Q8_0-00001-of-00002.gguf"));
  EXPECT_EQ(model.bytes, 11);
  CheckShards(model.path);
}

}  // namespace
}  // namespace pgts::hub
