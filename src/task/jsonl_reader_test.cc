// SPDX-License-Identifier: Apache-2.0
#include "task/jsonl_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/error.h"

namespace pgts::task {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Outcome = JsonlReader::Outcome;

class JsonlReaderTest : public ::testing::Test {
 protected:
  std::filesystem::path Write(std::string_view text) {
    std::ofstream(path_, std::ios::binary) << text;
    return path_;
  }
  ~JsonlReaderTest() override { std::filesystem::remove(path_); }

  const std::filesystem::path path_ = std::filesystem::path(::testing::TempDir()) /
                                      ("jsonl_reader_" + std::to_string(::getpid()) + ".jsonl");
};

TEST_F(JsonlReaderTest, ReadsRecordsOverBlankLinesAndCarriageReturns) {
  JsonlReader reader(Write("\xEF\xBB\xBF{\"a\":\"one\"}\r\n\n  \n{\"a\":\"two\"}"));
  ASSERT_EQ(reader.Next(), Outcome::kRecord);
  EXPECT_EQ(reader.Text("a"), "one");
  ASSERT_EQ(reader.Next(), Outcome::kRecord);
  EXPECT_EQ(reader.Text("a"), "two");
  EXPECT_EQ(reader.line(), 4);
  EXPECT_EQ(reader.Next(), Outcome::kEnd);
  EXPECT_EQ(reader.records(), 2);
}

TEST_F(JsonlReaderTest, BadLinesAreNamedCountedAndDoNotStopReading) {
  JsonlReader reader(Write("{\"a\":1}\n{\"a\":\n[1]\n{\"a\":2}\n{\"a\": \"cut o"));
  EXPECT_EQ(reader.Next(), Outcome::kRecord);
  ASSERT_EQ(reader.Next(), Outcome::kBadLine);
  EXPECT_EQ(reader.line(), 2);
  EXPECT_THAT(reader.problem(), HasSubstr("invalid JSON"));
  ASSERT_EQ(reader.Next(), Outcome::kBadLine);
  EXPECT_THAT(reader.problem(), HasSubstr("a JSON array where an object"));
  EXPECT_EQ(reader.Next(), Outcome::kRecord);
  ASSERT_EQ(reader.Next(), Outcome::kBadLine);
  EXPECT_EQ(reader.line(), 5);
  EXPECT_THAT(reader.problem(), HasSubstr("truncated"));
  EXPECT_EQ(reader.Next(), Outcome::kEnd);
  EXPECT_EQ(reader.bad_lines(), 3);
}

TEST_F(JsonlReaderTest, AMissingFieldNamesFileLineAndField) {
  JsonlReader reader(Write("{\"a\":1}\n"));
  reader.Next();
  EXPECT_THAT([&] { reader.Text("question"); },
              ThrowsMessage<Error>(HasSubstr(path_.string() + ":1: no field \"question\"")));
  EXPECT_THAT([&] { reader.Text("a"); }, ThrowsMessage<Error>(HasSubstr("is not a string")));
}

TEST_F(JsonlReaderTest, AMissingFileOrAFolderIsAnErrorWithTheCure) {
  EXPECT_THAT([] { JsonlReader("/no/such/file.jsonl", "pass --data DIR"); },
              ThrowsMessage<Error>(HasSubstr("/no/such/file.jsonl: No such file or directory; "
                                             "pass --data DIR")));
  EXPECT_THAT([] { JsonlReader(std::filesystem::path(::testing::TempDir())); },
              ThrowsMessage<Error>(HasSubstr("is a folder")));
}

TEST_F(JsonlReaderTest, InvalidUtf8AndDeepNestingAreBadLinesNotCrashes) {
  JsonlReader reader(Write("{\"a\":\"\xFF\xFE\"}\n" + std::string(100'000, '[') + "\n"));
  EXPECT_EQ(reader.Next(), Outcome::kBadLine);
  EXPECT_EQ(reader.Next(), Outcome::kBadLine);
}

}  // namespace
}  // namespace pgts::task
