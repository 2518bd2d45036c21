// SPDX-License-Identifier: Apache-2.0
#include "base/jsonl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/temp_folder.h"

namespace pgts {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class JsonlTest : public ::testing::Test {
 protected:
  TempFolder folder_;
  std::string path_ = folder_.File("x.jsonl");
};

TEST_F(JsonlTest, WritesLinesInTheOrderOfTheirKeys) {
  {
    JsonlWriter writer(path_);
    writer.Write({{"z", 1}, {"a", "b\xFF\n"}, {"n", std::nan("")}});
    writer.Write({{"z", 2}});
    EXPECT_EQ(writer.length(), static_cast<int64_t>(ReadFile(path_).size()));
  }
  EXPECT_EQ(ReadFile(path_), "{\"z\":1,\"a\":\"b\uFFFD\\n\",\"n\":null}\n{\"z\":2}\n");
  EXPECT_EQ(ReadJsonl(path_, {.own = true})[1]["z"], 2);
}

TEST_F(JsonlTest, ATornLastRecordOfOurOwnIsCut) {
  const std::vector<std::string> ends = {"{\"a\":", "{\"a\":3}", std::string(3, '\0'),
                                         std::string("\0\n", 2), "{\"a\n"};
  for (const std::string& torn : ends) {
    WriteFileAtomic(path_, "{\"a\":1}\n{\"a\":2}\n" + torn);
    JsonlReader reader(path_, {.own = true});
    int records = 0;
    while (reader.Next()) ++records;
    EXPECT_EQ(records, 2);
    EXPECT_TRUE(reader.torn());
    EXPECT_EQ(reader.whole_length(), 16);
    JsonlWriter(path_, reader.whole_length()).Write({{"a", 3}});
    EXPECT_EQ(ReadFile(path_), "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
  }
}

TEST_F(JsonlTest, ABadLineNamesFileAndLine) {
  WriteFileAtomic(path_, "{\"a\":1}\n\n{\"a\": oops}\n{\"a\":2}\n");
  EXPECT_THAT([&] { ReadJsonl(path_, {.own = true}); },
              ThrowsMessage<Error>(HasSubstr("x.jsonl:3: not valid JSON")));
  WriteFileAtomic(path_, "{\"a\":1}\n{\"a\":");
  EXPECT_THAT([&] { ReadJsonl(path_); },
              ThrowsMessage<Error>(AllOf(HasSubstr("x.jsonl:2: "), HasSubstr("mend"))));
}

TEST_F(JsonlTest, AUsersLastLineNeedsNoNewline) {
  WriteFileAtomic(path_, "{\"a\":1}\r\n{\"a\":2}");
  EXPECT_EQ(ReadJsonl(path_).size(), 2u);
}

TEST_F(JsonlTest, MissingFilesAndFoldersAreErrors) {
  EXPECT_THROW(ReadJsonl(folder_.File("none")), Error);
  EXPECT_THROW(ReadJsonl(folder_.path()), Error);
}

TEST_F(JsonlTest, AJsonFileNamesTheLine) {
  WriteFileAtomic(path_, "{\n  \"a\": 1,\n  \"b\": ]\n}\n");
  EXPECT_THAT([&] { ReadJsonFile(path_); }, ThrowsMessage<Error>(HasSubstr("x.jsonl:3: ")));
  WriteFileAtomic(path_, JsonPretty({{"a", 1}}));
  EXPECT_EQ(ReadJsonFile(path_)["a"], 1);
}

}  // namespace
}  // namespace pgts
