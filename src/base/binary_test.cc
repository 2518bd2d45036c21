// SPDX-License-Identifier: Apache-2.0
#include "base/binary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crc32c.h"
#include "base/temp_folder.h"

namespace pgts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Crc32cTest, MatchesKnownValues) {
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAu);  // RFC 3720, B.4
  EXPECT_EQ(Crc32c("456789", Crc32c("123")), Crc32c("123456789"));
  EXPECT_EQ(Crc32c(""), 0u);
}

TEST(RecordTest, PayloadReadsBack) {
  RecordBuilder builder;
  builder.Put<uint8_t>(7).Put(-2.5).PutString("step\n").PutList(std::vector<int32_t>{3, -4});
  builder.PutList(std::vector<float>{});
  RecordParser parser(builder.bytes(), "x.world");
  EXPECT_EQ(parser.Get<uint8_t>(), 7);
  EXPECT_EQ(parser.Get<double>(), -2.5);
  EXPECT_EQ(parser.GetString(), "step\n");
  EXPECT_THAT(parser.GetList<int32_t>(), ElementsAre(3, -4));
  EXPECT_TRUE(parser.GetList<float>().empty());
  EXPECT_THAT([&] { parser.Get<int>(); }, ThrowsMessage<Error>(HasSubstr("x.world")));
}

TEST(RecordTest, ACountBeyondTheRecordIsAnError) {
  RecordBuilder builder;
  builder.Put<uint32_t>(0xFFFFFFFF);
  RecordParser parser(builder.bytes(), "x.world");
  EXPECT_THROW(parser.GetList<double>(), Error);
}

class RecordFileTest : public ::testing::Test {
 protected:
  RecordFileTest() {
    RecordWriter writer(path_);
    EXPECT_EQ(writer.Append("first"), 0);
    EXPECT_EQ(writer.Append(""), 13);
    EXPECT_EQ(writer.Append("third"), 21);
    EXPECT_EQ(writer.length(), 34);
  }
  std::vector<std::string> ReadAll() {
    RecordReader reader(path_);
    std::vector<std::string> records;
    while (const auto record = reader.Next()) records.emplace_back(*record);
    torn_ = reader.torn();
    whole_ = reader.whole_length();
    return records;
  }
  TempFolder folder_;
  std::string path_ = folder_.File("x.world");
  bool torn_ = false;
  int64_t whole_ = 0;
};

TEST_F(RecordFileTest, ReadsBack) {
  EXPECT_THAT(ReadAll(), ElementsAre("first", "", "third"));
  EXPECT_FALSE(torn_);
}

TEST_F(RecordFileTest, ATornEndIsCutAtEveryByte) {
  const std::string bytes = ReadFile(path_);
  for (size_t cut = 22; cut < bytes.size(); ++cut) {
    WriteFileAtomic(path_, bytes.substr(0, cut));
    EXPECT_THAT(ReadAll(), ElementsAre("first", ""));
    EXPECT_TRUE(torn_);
    EXPECT_EQ(whole_, 21);
  }
  RecordWriter(path_, whole_).Append("new");
  EXPECT_THAT(ReadAll(), ElementsAre("first", "", "new"));
}

TEST_F(RecordFileTest, ZerosThatNeverReachedTheDiskAreCut) {
  WriteFileAtomic(path_, ReadFile(path_) + std::string(100, '\0'));
  EXPECT_EQ(ReadAll().size(), 3u);
  EXPECT_TRUE(torn_);
}

TEST_F(RecordFileTest, DamageInTheMiddleIsAnError) {
  std::string bytes = ReadFile(path_);
  bytes[9] ^= 1;
  WriteFileAtomic(path_, bytes);
  EXPECT_THAT([&] { ReadAll(); },
              ThrowsMessage<Error>(HasSubstr("x.world: damaged record at byte 0")));
}

TEST_F(RecordFileTest, AMissingFileHasNoRecords) {
  EXPECT_EQ(RecordReader(folder_.File("none")).Next(), std::nullopt);
}

}  // namespace
}  // namespace pgts
