// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/temp_folder.h"
#include "model/decoder.h"
#include "model/gguf_reader.h"

namespace pgts::model {
namespace {

TEST(RandomGguf, IsReadAsADecoderOfItsShape) {
  const TempFolder folder;
  const DecoderShape shape{.vocab = 300,
                           .width = 64,
                           .layers = 2,
                           .heads = 4,
                           .kv_heads = 2,
                           .head_dim = 32,
                           .ff_width = 96,
                           .tied = false};
  for (const WeightType type : {WeightType::kF32, WeightType::kBF16, WeightType::kQ8_0}) {
    const std::string path = folder.File("random.gguf");
    WriteRandomGguf(path, shape, type);
    EXPECT_EQ(ReadGguf(path)->shape(), shape);
  }
}

TEST(RandomGguf, KnownShapesHaveTheSizeOfTheirNames) {
  EXPECT_NEAR(static_cast<double>(CountWeights(KnownShape("qwen3-8b"))) / 1e9, 8.19, 0.01);
  EXPECT_NEAR(static_cast<double>(CountWeights(KnownShape("qwen3-4b"))) / 1e9, 4.02, 0.01);
  EXPECT_NEAR(static_cast<double>(CountWeights(KnownShape("qwen3-0.6b"))) / 1e9, 0.596, 0.001);
}

TEST(RandomGguf, AnUnknownShapeIsAnErrorThatNamesTheKnown) {
  try {
    KnownShape("qwen9");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("qwen3-8b"));
  }
}

}  // namespace
}  // namespace pgts::model
