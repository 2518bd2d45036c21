// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_random.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/temp_folder.h"
#include "model/decoder.h"
#include "model/gguf_reader.h"
#include "model/known_shapes.h"

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

TEST(RandomGguf, AHeaderAloneTellsTheShapeAndTakesNoRoom) {
  const TempFolder folder;
  const std::string path = folder.File("header.gguf");
  const DecoderShape shape = KnownShape("qwen2.5-0.5b");
  WriteGgufWithoutData(path, shape, WeightType::kBF16);
  EXPECT_EQ(ReadGgufShape(path), shape);
  EXPECT_GT(std::filesystem::file_size(path), size_t{980'000'000});
  struct stat file {};
  ASSERT_EQ(stat(path.c_str(), &file), 0);
  EXPECT_LT(file.st_blocks * 512, 1 << 20);
}

}  // namespace
}  // namespace pgts::model
