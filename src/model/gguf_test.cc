// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"
#include "model/decoder.h"
#include "model/gguf_file.h"
#include "model/gguf_reader.h"
#include "model/gguf_writer.h"
#include "model/tiny_shape.h"

namespace pgts::model {
namespace {

using ::testing::HasSubstr;

// Not WriteFileAtomic: a thousand syncs take seconds.
void Put(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), bytes.size());
}

std::string ReadMessage(const std::string& path) {
  try {
    ReadGguf(path);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

double LargestDifference(const Decoder& a, const Decoder& b) {
  double largest = 0;
  for (size_t i = 0; i < a.Weights().size(); ++i) {
    const torch::Tensor difference = a.Weights()[i].second - b.Weights()[i].second;
    largest = std::max(largest, difference.abs().max().item<double>());
  }
  return largest;
}

class Gguf : public ::testing::Test {
 protected:
  TempFolder folder_;
  std::string path_ = folder_.File("model.gguf");
  Decoder decoder_{TinyShape(), 1};
};

TEST_F(Gguf, Float32ReadsBackExactly) {
  WriteGguf(path_, decoder_);
  const auto read = ReadGguf(path_);
  EXPECT_EQ(read->shape(), decoder_.shape());
  EXPECT_EQ(LargestDifference(decoder_, *read), 0.0);
}

TEST_F(Gguf, EveryVariantOfTheArchitectureReadsBack) {
  DecoderShape shape = TinyShape();
  shape.tied = false;
  shape.qk_norm = false;
  shape.qkv_bias = true;
  shape.rope_theta = 5e5f;
  const Decoder other(shape, 2);
  WriteGguf(path_, other);
  const auto read = ReadGguf(path_);
  EXPECT_EQ(read->shape(), shape);
  EXPECT_EQ(LargestDifference(other, *read), 0.0);
}

TEST_F(Gguf, RoundedTypesReadBackCloseAndSmaller) {
  WriteGguf(path_, decoder_);
  const auto exact_size = std::filesystem::file_size(path_);
  const struct {
    WeightType type;
    double most;
  } cases[] = {{WeightType::kF16, 1e-3}, {WeightType::kBF16, 5e-3}, {WeightType::kQ8_0, 1e-2}};
  for (const auto& [type, most] : cases) {
    WriteGguf(path_, decoder_, {.type = type});
    const double difference = LargestDifference(decoder_, *ReadGguf(path_));
    EXPECT_GT(difference, 0.0);
    EXPECT_LT(difference, most);
    EXPECT_LT(std::filesystem::file_size(path_), 0.7 * exact_size);
  }
}

TEST_F(Gguf, KeepsMetadata) {
  WriteGguf(path_, decoder_, {.name = "mine", .metadata = {{"pgts.separator", "\n"}}});
  EXPECT_EQ(GgufFile(path_).Text("general.name"), "mine");
  EXPECT_THAT(ReadGgufMetadata(path_),
              ::testing::ElementsAre(::testing::Pair("pgts.separator", "\n")));
}

TEST_F(Gguf, ABaseFileLendsItsTokenizerAndKeys) {
  const std::string base = folder_.File("base.gguf");
  WriteGguf(base, decoder_, {.metadata = {{"pgts.note", "from the base"}}});
  const Decoder tuned(TinyShape(), 9);
  WriteGguf(path_, tuned, {.base = base});
  EXPECT_EQ(ReadGgufMetadata(path_).at("pgts.note"), "from the base");
  EXPECT_EQ(GgufFile(path_).Text("tokenizer.ggml.model"), "gpt2");
  EXPECT_EQ(LargestDifference(tuned, *ReadGguf(path_)), 0.0);
}

TEST_F(Gguf, AShorterContextCanBeAskedFor) {
  WriteGguf(path_, decoder_);
  EXPECT_EQ(ReadGguf(path_, 16)->shape().context, 16);
  EXPECT_THROW(ReadGguf(path_, 65), Error);
}

TEST_F(Gguf, EveryTruncationIsAnErrorInOneLine) {
  WriteGguf(path_, decoder_);
  const std::string bytes = ReadFile(path_);
  for (size_t keep = 0; keep < bytes.size(); keep += 1 + bytes.size() / 97) {
    Put(path_, bytes.substr(0, keep));
    const std::string message = ReadMessage(path_);
    EXPECT_THAT(message, HasSubstr(path_)) << keep;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

TEST_F(Gguf, DamageNeverCrashes) {
  WriteGguf(path_, decoder_);
  const std::string bytes = ReadFile(path_);
  int refused = 0;
  for (size_t at = 0; at < 8000; at += 13) {
    std::string damaged = bytes;
    for (size_t i = at; i < at + 4; ++i) damaged[i] = static_cast<char>(0xFF);
    Put(path_, damaged);
    refused += ReadMessage(path_) != "no error";
  }
  EXPECT_GT(refused, 100);
}

// Nobody makes room for a width or a number of layers that the tensors do not have.
TEST_F(Gguf, KeysThatPromiseMoreThanTheTensorsAreRefusedAtOnce) {
  WriteGguf(path_, decoder_);
  const std::string bytes = ReadFile(path_);
  for (const char* key : {".embedding_length", ".block_count", ".feed_forward_length"}) {
    std::string damaged = bytes;
    const size_t value = bytes.find(key) + std::string_view(key).size() + sizeof(uint32_t);
    damaged[value + 2] = 0x40;  // 4 million more
    Put(path_, damaged);
    EXPECT_THAT(ReadMessage(path_), HasSubstr("its keys describe")) << key;
  }
}

TEST_F(Gguf, SaysWhatIsWrong) {
  EXPECT_THAT(ReadMessage(folder_.File("none.gguf")), HasSubstr("no such GGUF file"));
  Put(path_, "this is text, not a model");
  EXPECT_THAT(ReadMessage(path_), HasSubstr("invalid magic"));
  WriteGguf(path_, decoder_);
  const std::string bytes = ReadFile(path_);
  Put(path_, bytes.substr(0, bytes.size() - 100));
  EXPECT_THAT(ReadMessage(path_), HasSubstr("truncated: tensor output_norm.weight"));
}

TEST_F(Gguf, WritingSaysWhatIsWrongAndLeavesNothing) {
  DecoderShape narrow = TinyShape();
  narrow.width = 24;
  EXPECT_THROW(WriteGguf(path_, Decoder(narrow), {.type = WeightType::kQ8_0}), Error);
  EXPECT_FALSE(FileExists(path_));
  EXPECT_THROW(WriteGguf("/proc/none/model.gguf", decoder_), Error);
  WriteGguf(path_, decoder_);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    files += entry.is_regular_file();
  }
  EXPECT_EQ(files, 1);  // no temporary file stays
}

}  // namespace
}  // namespace pgts::model
