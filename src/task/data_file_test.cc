// SPDX-License-Identifier: Apache-2.0
#include "task/data_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"

namespace pgts::task {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class DataFileTest : public ::testing::Test {
 protected:
  // "<line number> <field a>" of each line.
  std::vector<std::string> Read(const std::string& text) {
    WriteFileAtomic(path_, text);
    std::vector<std::string> lines;
    ReadDataFile(path_, "pass --data DIR", [&](const DataLine& line) {
      lines.push_back(std::to_string(line.number) + " " + line.Text("a"));
      return Problem{};
    });
    return lines;
  }
  // The one line about a file of this text.
  std::string Refused(const std::string& text) {
    try {
      Read(text);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

  TempFolder folder_;
  std::string path_ = folder_.File("data.jsonl");
};

TEST_F(DataFileTest, ReadsLinesOverBlankOnesAndCarriageReturns) {
  EXPECT_THAT(Read("\xEF\xBB\xBF{\"a\":\"one\"}\r\n\n  \n{\"a\":\"two\"}"),
              ElementsAre("1 one", "4 two"));
}

TEST_F(DataFileTest, ABadLineNamesFileLineAndWhatIsWrong) {
  const std::string good = "{\"a\":\"one\"}\n";
  EXPECT_THAT(Refused(good + "{\"a\":\n"), HasSubstr(path_ + ":2: not valid JSON"));
  EXPECT_THAT(Refused(good + "{\"a\": \"cut o"), HasSubstr(path_ + ":2: not valid JSON"));
  EXPECT_THAT(Refused(good + "\n[1]\n"), HasSubstr(path_ + ":3: a JSON array where an object"));
  EXPECT_THAT(Refused(good + "{\"b\":1}"), HasSubstr(path_ + ":2: no field \"a\"; mend"));
  EXPECT_THAT(Refused(good + "{\"a\":1}"), HasSubstr(":2: field \"a\" is not a string"));
}

TEST_F(DataFileTest, InvalidUtf8AndDeepNestingAreBadLinesNotCrashes) {
  EXPECT_THAT(Refused("{\"a\":\"\xFF\xFE\"}\n"), HasSubstr(":1: not valid JSON"));
  EXPECT_THAT(Refused(std::string(100'000, '[') + "\n"), HasSubstr(":1: not valid JSON"));
}

TEST_F(DataFileTest, AMissingOrEmptyFileOrAFolderIsAnErrorWithTheCure) {
  const auto read = [](const std::string& path) {
    return [path] { ReadDataFile(path, "pass --data DIR", [](const auto&) { return Problem{}; }); };
  };
  EXPECT_THAT(
      read("/no/such/file.jsonl"),
      ThrowsMessage<Error>(AllOf(HasSubstr("/no/such/file.jsonl: No such file or directory"),
                                 HasSubstr("; pass --data DIR"))));
  EXPECT_THAT(read(folder_.path()),
              ThrowsMessage<Error>(AllOf(HasSubstr("is a folder"), HasSubstr("pass --data DIR"))));
  EXPECT_THAT(Refused("\n"), HasSubstr("data.jsonl holds no problems; pass --data DIR"));
}

}  // namespace
}  // namespace pgts::task
