// SPDX-License-Identifier: Apache-2.0
#include "base/tensorboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "base/crc32c.h"
#include "base/temp_folder.h"

namespace pgts {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

template <typename T>
T At(const std::string& bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

// Takes the TFRecord framing apart and checks both checksums.
std::vector<std::string> Records(const std::string& bytes) {
  std::vector<std::string> records;
  for (size_t at = 0; at < bytes.size();) {
    const auto length = At<uint64_t>(bytes, at);
    EXPECT_EQ(At<uint32_t>(bytes, at + 8), MaskedCrc32c(bytes.substr(at, 8)));
    records.push_back(bytes.substr(at + 12, length));
    EXPECT_EQ(At<uint32_t>(bytes, at + 12 + length), MaskedCrc32c(records.back()));
    at += 16 + length;
  }
  return records;
}

std::string EventFile(const TempFolder& folder) {
  return ReadFile(folder.File("events.out.tfevents.pgts"));
}

TEST(TensorBoardTest, MaskIsTheOneOfTfRecord) {
  // (0xE3069283 rotated right by 15) + 0xA282EAD8
  EXPECT_EQ(MaskedCrc32c("123456789"), 0x2507C60Du + 0xA282EAD8u);
}

// Bytes worked out by hand from the protobuf encoding guide.
TEST(TensorBoardTest, EncodesAScalarEvent) {
  const TempFolder folder;
  {
    TensorBoardWriter writer(folder.path());
    writer.Scalar("a/b", 0.5, 300, 1.0);
  }
  const std::vector<std::string> records = Records(EventFile(folder));
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_EQ(records[0].substr(9),
            "\x1a\x0d"
            "brain.Event:2");
  const char kExpected[] =
      "\x09\x00\x00\x00\x00\x00\x00\xf0\x3f"  // wall_time = 1.0
      "\x10\xac\x02"                          // step = 300
      "\x2a\x0c\x0a\x0a"                      // summary { value {
      "\x0a\x03"
      "a/b"                    // tag
      "\x15\x00\x00\x00\x3f";  // simple_value = 0.5f
  EXPECT_EQ(records[1], std::string(kExpected, sizeof(kExpected) - 1));
}

TEST(TensorBoardTest, AResumedRunGoesOnInTheSameFile) {
  const TempFolder folder;
  int64_t kept = 0;
  {
    TensorBoardWriter writer(folder.path());
    writer.Scalar("x", 1, 1);
    kept = writer.length();
    writer.Scalar("x", 2, 2);
  }
  TensorBoardWriter(folder.path(), kept).Scalar("x", 3, 2);
  EXPECT_THAT(Records(EventFile(folder)), SizeIs(3));
}

}  // namespace
}  // namespace pgts
