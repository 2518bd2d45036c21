// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "base/gguf_header.h"
#include "base/temp_folder.h"
#include "model/decoder.h"
#include "model/gguf_lora.h"
#include "model/gguf_reader.h"
#include "model/gguf_tensor.h"
#include "model/gguf_writer.h"
#include "model/lora_fixture.h"
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

DecoderShape LlamaShape() {
  DecoderShape shape = TinyShape();
  shape.family = Family::kLlama;
  shape.qk_norm = false;
  return shape;
}

TEST_F(Gguf, LlamaReadsBackWithItsFactorsAndItsScale) {
  DecoderShape shape = LlamaShape();
  shape.qkv_bias = true;
  shape.rope_scale = 2.0f;
  shape.rope_factors = {1.0f, 1.0f, 4.0f, 8.0f};
  const Decoder other(shape, 2);
  WriteGguf(path_, other);
  EXPECT_EQ(GgufHeader(path_).Text("general.architecture"), "llama");
  const auto read = ReadGguf(path_);
  EXPECT_EQ(read->shape(), shape);
  EXPECT_EQ(LargestDifference(other, *read), 0.0);
}

// Row 1 of the file's first head is the partner of row 0: the decoder's row 4 of 8.
TEST_F(Gguf, LlamaFilesHoldTheRowsOfAPairSideBySide) {
  const Decoder other(LlamaShape(), 2);
  WriteGguf(path_, other);
  const auto& [name, query] = other.Weights()[2];
  ASSERT_EQ(name, "blk.0.attn_q.weight");
  const std::vector<float> stored = ReadTensor(GgufHeader(path_), name);
  const torch::Tensor rows = torch::tensor(stored).reshape(query.sizes());
  EXPECT_TRUE(torch::equal(rows[0], query[0]));
  EXPECT_TRUE(torch::equal(rows[1], query[4]));
  EXPECT_TRUE(torch::equal(rows[2], query[1]));
  EXPECT_TRUE(torch::equal(rows[8], query[8]));  // the next head
}

// What the decoder does not compute is refused by name.
TEST_F(Gguf, OtherKindsOfRopeAreRefused) {
  const auto refusal = [&](const std::string& key, std::string_view value) {
    WriteGguf(path_, decoder_);
    const std::string base = folder_.File("base.gguf");
    WriteGguf(base, decoder_, {.metadata = {{key, std::string(value)}}});
    return ReadMessage(base);
  };
  EXPECT_THAT(refusal("qwen3.rope.scaling.type", "yarn"), HasSubstr("rope scaling is yarn"));
  EXPECT_THAT(refusal("qwen3.rope.scaling.type", "longrope"), HasSubstr("longrope"));
  EXPECT_EQ(refusal("qwen3.rope.scaling.type", "none"), "no error");

  // A factor beside type none scales nothing, as in llama.cpp.
  DecoderShape scaled = TinyShape();
  scaled.rope_scale = 4;
  WriteGguf(path_, Decoder(scaled, 1), {.metadata = {{"qwen3.rope.scaling.type", "none"}}});
  EXPECT_EQ(ReadGgufShape(path_).rope_scale, 1);

  WriteGguf(path_, decoder_);
  std::string bytes = ReadFile(path_);
  const std::string_view key = "rope.dimension_count";
  bytes[bytes.find(key) + key.size() + sizeof(uint32_t)] = 4;  // of 8
  Put(path_, bytes);
  EXPECT_THAT(ReadMessage(path_), HasSubstr("qwen3.rope.dimension_count is 4, not 8"));
}

TEST_F(Gguf, AnUnknownTensorIsRefused) {
  WriteGguf(path_, Decoder(LlamaShape()));
  std::string bytes = ReadFile(path_);
  const std::string_view name = "blk.1.ffn_norm.weight";
  const size_t at = bytes.find(name);
  bytes.replace(at, name.size(), "blk.1.ffn_gate.scales");
  Put(path_, bytes);
  EXPECT_THAT(ReadMessage(path_), HasSubstr("tensor blk.1.ffn_gate.scales"));
}

TEST_F(Gguf, FrozenIsReadInItsComputeType) {
  WriteGguf(path_, decoder_);
  const auto frozen = ReadFrozenGguf(path_, /*context=*/16, WeightType::kBF16);
  EXPECT_TRUE(frozen->frozen());
  EXPECT_EQ(frozen->shape().context, 16);
  EXPECT_EQ(frozen->compute_type(), torch::kBFloat16);
  for (size_t i = 0; i < frozen->Weights().size(); ++i) {
    const auto& [name, weight] = frozen->Weights()[i];
    EXPECT_FALSE(weight.requires_grad());
    const auto type = weight.dim() > 1 ? torch::kBFloat16 : torch::kFloat32;
    EXPECT_TRUE(torch::equal(weight, decoder_.Weights()[i].second.to(type))) << name;
  }
  EXPECT_EQ(LargestDifference(decoder_, *ReadFrozenGguf(path_, 0, WeightType::kF32)), 0.0);
  EXPECT_THROW(ReadFrozenGguf(path_, 0, WeightType::kQ8_0), Error);
}

class GgufLora : public Gguf {
 protected:
  GgufLora() {
    WriteGguf(path_, decoder_);
    decoder_.AddLora({.rank = 4, .alpha = 0.3}, 7);
    torch::NoGradGuard no_grad;
    torch::manual_seed(2);
    for (const auto& [name, weight] : decoder_.LoraWeights()) weight.normal_();
  }

  std::string adapter_ = folder_.File("adapter.gguf");
};

TEST_F(GgufLora, ReadsBackExactly) {
  WriteLoraAdapter(adapter_, decoder_, path_);
  const auto read = ReadGguf(path_);
  ReadLoraAdapter(adapter_, *read);
  ASSERT_EQ(read->LoraWeights().size(), decoder_.LoraWeights().size());
  for (size_t i = 0; i < read->LoraWeights().size(); ++i) {
    EXPECT_TRUE(torch::equal(read->LoraWeights()[i].second, decoder_.LoraWeights()[i].second)) << i;
  }
}

TEST_F(GgufLora, IsNotWrittenWhereItDoesNotFit) {
  EXPECT_THROW(WriteGguf(adapter_, decoder_), Error);
  EXPECT_THROW(WriteLoraAdapter(adapter_, Decoder(TinyShape()), path_), Error);
  EXPECT_THROW(WriteLoraAdapter(adapter_, decoder_, folder_.File("none.gguf")), Error);
  EXPECT_FALSE(FileExists(adapter_));
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
  EXPECT_EQ(GgufHeader(path_).Text("general.name"), "mine");
  EXPECT_EQ(GgufHeader(path_).Text("pgts.separator"), "\n");
}

TEST_F(Gguf, ABaseFileLendsItsTokenizerAndKeys) {
  const std::string base = folder_.File("base.gguf");
  WriteGguf(base, decoder_, {.metadata = {{"pgts.note", "from the base"}}});
  const Decoder tuned(TinyShape(), 9);
  WriteGguf(path_, tuned, {.base = base});
  EXPECT_EQ(GgufHeader(path_).Text("pgts.note"), "from the base");
  EXPECT_EQ(GgufHeader(path_).Text("tokenizer.ggml.model"), "gpt2");
  EXPECT_EQ(LargestDifference(tuned, *ReadGguf(path_)), 0.0);
}

TEST_F(Gguf, AShorterContextCanBeAskedFor) {
  WriteGguf(path_, decoder_);
  const auto read = ReadGguf(path_, 16);
  EXPECT_EQ(read->shape().context, 16);
  EXPECT_THROW(ReadGguf(path_, 65), Error);

  // What is trained on short texts still reads long ones.
  const std::string tuned = folder_.File("tuned.gguf");
  WriteGguf(tuned, *read, {.base = path_});
  EXPECT_EQ(ReadGgufShape(tuned).context, 64);
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
  EXPECT_THAT(ReadMessage(folder_.File("none.gguf")), HasSubstr("none.gguf does not exist"));
  Put(path_, "this is text, not a model");
  EXPECT_THAT(ReadMessage(path_), HasSubstr("is not a GGUF file"));
  WriteGguf(path_, decoder_);
  const std::string bytes = ReadFile(path_);
  Put(path_, bytes.substr(0, bytes.size() - 100));
  EXPECT_THAT(ReadMessage(path_), HasSubstr("is cut short: tensor output_norm.weight"));
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
