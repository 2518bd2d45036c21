// SPDX-License-Identifier: Apache-2.0
#include "base/gguf_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "base/error.h"
#include "base/temp_folder.h"

namespace pgts {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

// A file written by hand, field by field.
class GgufHeaderTest : public ::testing::Test {
 protected:
  template <typename T>
  void Put(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void PutText(std::string_view text) {
    Put<uint64_t>(text.size());
    bytes_ += text;
  }
  void PutKey(std::string_view key, uint32_t type) {
    PutText(key);
    Put(type);
  }
  void PutTensor(std::string_view name, std::vector<uint64_t> size, uint32_t type,
                 uint64_t offset) {
    PutText(name);
    Put<uint32_t>(static_cast<uint32_t>(size.size()));
    for (const uint64_t length : size) Put(length);
    Put(type);
    Put(offset);
  }

  GgufHeaderTest() {
    bytes_ = "GGUF";
    Put<uint32_t>(3);
    Put<uint64_t>(2);  // tensors
    Put<uint64_t>(5);  // keys
    PutKey("general.architecture", 8);
    PutText("qwen3");
    PutKey("qwen3.block_count", 4);
    Put<uint32_t>(7);
    PutKey("qwen3.epsilon", 6);
    Put(0.5F);
    PutKey("words", 9);
    Put<uint32_t>(8);
    Put<uint64_t>(2);
    PutText("a");
    PutText("bc");
    PutKey("pgts.note", 8);
    PutText("x");
    PutTensor("matrix", {32, 3}, 8, 0);  // Q8_0: three blocks of 34 bytes
    PutTensor("vector", {2}, 0, 128);    // F32
    bytes_.resize((bytes_.size() + 31) / 32 * 32);
    begin_ = bytes_.size();
    bytes_.resize(begin_ + 128 + 8);
  }

  std::string Message(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary).write(bytes.data(), std::ssize(bytes));
    try {
      const GgufHeader header(path_);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  TempFolder folder_;
  std::string path_ = folder_.File("model.gguf");
  std::string bytes_;
  uint64_t begin_ = 0;  // of the data
};

TEST_F(GgufHeaderTest, ReadsKeysAndTensors) {
  ASSERT_EQ(Message(bytes_), "no error");
  const GgufHeader header(path_);
  EXPECT_EQ(header.file_bytes(), std::ssize(bytes_));
  EXPECT_EQ(header.Text("general.architecture"), "qwen3");
  EXPECT_EQ(header.Integer("qwen3.block_count"), 7);
  EXPECT_EQ(header.Number("qwen3.epsilon"), 0.5);
  EXPECT_TRUE(header.Has("words"));
  EXPECT_EQ(header.Text("general.type", "model"), "model");
  EXPECT_EQ(header.Text("pgts.note"), "x");
  EXPECT_THAT(header.Tensor("matrix").size, ElementsAre(3, 32));
  EXPECT_EQ(header.Tensor("matrix").bytes, 3u * 34);
  EXPECT_EQ(header.Tensor("vector").offset, begin_ + 128);
  EXPECT_EQ(header.CountElements(), 96 + 2);
}

TEST_F(GgufHeaderTest, WhatIsNotThereIsNamed) {
  ASSERT_EQ(Message(bytes_), "no error");
  const GgufHeader header(path_);
  EXPECT_THAT([&] { header.Integer("no.key"); },
              ::testing::ThrowsMessage<Error>(HasSubstr("the key no.key is missing")));
  EXPECT_THAT([&] { header.Integer("words"); },
              ::testing::ThrowsMessage<Error>(HasSubstr("the key words is not an integer")));
  EXPECT_THAT([&] { header.Tensor("none"); },
              ::testing::ThrowsMessage<Error>(HasSubstr("the tensor none is missing")));
}

TEST_F(GgufHeaderTest, EveryCutIsAnErrorInOneLine) {
  for (size_t keep = 0; keep < bytes_.size(); ++keep) {
    EXPECT_THAT(Message(bytes_.substr(0, keep)),
                AllOf(HasSubstr(path_), HasSubstr(keep < 4 ? "is not a GGUF file" : "is cut short"),
                      Not(HasSubstr("\n"))))
        << keep;
  }
}

TEST_F(GgufHeaderTest, ATensorThatStandsThereTwiceIsNamed) {
  std::string twice = bytes_;
  twice.replace(twice.find("vector"), 6, "matrix");
  EXPECT_THAT(Message(twice), HasSubstr("tensor matrix stands there twice"));
}

// Any damage ends in one line or in a header whose tensors lie in the file.
TEST_F(GgufHeaderTest, DamageNeverPromisesWhatIsNotThere) {
  std::mt19937 random(3);
  int errors = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    std::string broken = bytes_;
    for (int i = 0; i < 2; ++i) {
      broken[4 + random() % (begin_ - 4)] = static_cast<char>(random() % 256);
    }
    if (Message(broken) != "no error") {
      ++errors;
      continue;
    }
    const GgufHeader header(path_);
    for (const auto& [name, tensor] : header.tensors()) {
      EXPECT_LE(tensor.offset + tensor.bytes, broken.size()) << name;
    }
  }
  EXPECT_GT(errors, 300);
}

}  // namespace
}  // namespace pgts
