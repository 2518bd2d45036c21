// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"

namespace pgts {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::ThrowsMessage;

class LogTest : public ::testing::Test {
 protected:
  ~LogTest() override { InitLog({}); }
  TempFolder folder_;
};

TEST_F(LogTest, LinesGoToTheTerminalAndAreInTheFileAtOnce) {
  const std::string file = folder_.File("run/training.log");
  InitLog({.file = file});
  ::testing::internal::CaptureStderr();
  Info("accuracy {:.2f} {{}} %v", 0.5);
  Warn("low");
  Debug("detail");
  const std::string written = ReadFile(file);  // first: the end of the capture flushes all files
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "accuracy 0.50 {} %v\nwarning: low\n");
  EXPECT_THAT(written, MatchesRegex("....-..-.. ..:..:.. info    accuracy 0.50 \\{\\} %v\n"
                                    "....-..-.. ..:..:.. warning low\n"
                                    "....-..-.. ..:..:.. debug   detail\n"));
}

TEST_F(LogTest, AnotherInitAppends) {
  const std::string file = folder_.File("training.log");
  WriteFileAtomic(file, "before\n");
  InitLog({.file = file, .verbose = true});
  ::testing::internal::CaptureStderr();
  Debug("after");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "after\n");
  EXPECT_THAT(ReadFile(file), MatchesRegex("before\n.* after\n"));
}

TEST_F(LogTest, AnUnwritableFileIsAnError) {
  WriteFileAtomic(folder_.File("file"), "");
  EXPECT_THAT([&] { InitLog({.file = folder_.File("file/training.log")}); },
              ThrowsMessage<Error>(HasSubstr(folder_.File("file"))));
  EXPECT_THAT([&] { InitLog({.file = folder_.path()}); },
              ThrowsMessage<Error>(HasSubstr(folder_.path())));
}

}  // namespace
}  // namespace pgts
