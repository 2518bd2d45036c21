// SPDX-License-Identifier: Apache-2.0
#include "model/known_shapes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "model/gguf_reader.h"

namespace pgts::model {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

double Billions(const char* name) {
  return static_cast<double>(CountWeights(KnownShape(name))) / 1e9;
}

TEST(KnownShapes, HaveTheSizeOfTheirNames) {
  EXPECT_NEAR(Billions("qwen3-8b"), 8.19, 0.01);
  EXPECT_NEAR(Billions("qwen3-4b"), 4.02, 0.01);
  EXPECT_NEAR(Billions("qwen3-0.6b"), 0.596, 0.001);
  EXPECT_NEAR(Billions("qwen3-14b"), 14.77, 0.01);
  EXPECT_NEAR(Billions("qwen2.5-0.5b"), 0.494, 0.001);
  EXPECT_NEAR(Billions("qwen2.5-1.5b"), 1.544, 0.001);
  EXPECT_NEAR(Billions("qwen2.5-3b"), 3.086, 0.001);
  EXPECT_NEAR(Billions("qwen2.5-7b"), 7.616, 0.001);
  EXPECT_NEAR(Billions("qwen2.5-14b"), 14.77, 0.01);
  EXPECT_NEAR(Billions("smollm2-135m"), 0.1345, 0.0001);
  EXPECT_NEAR(Billions("smollm2-360m"), 0.3618, 0.0001);
  EXPECT_NEAR(Billions("smollm2-1.7b"), 1.711, 0.001);
  EXPECT_NEAR(Billions("llama-3.2-1b"), 1.236, 0.001);
  EXPECT_NEAR(Billions("llama-3.2-3b"), 3.213, 0.001);
  EXPECT_NEAR(Billions("llama-3.1-8b"), 8.03, 0.001);
}

TEST(KnownShapes, AreFoundUnderTheNamesThatModelsGoBy) {
  EXPECT_EQ(KnownShapeOf("Qwen/Qwen3-8B"), "qwen3-8b");
  EXPECT_EQ(KnownShapeOf("Qwen3-4B"), "qwen3-4b");
  EXPECT_EQ(KnownShapeOf("bartowski/Qwen_Qwen3-8B-GGUF:Q8_0"), "qwen3-8b");
  EXPECT_EQ(KnownShapeOf("models/Qwen2.5-Coder-0.5B-Instruct-Q4_K_M.gguf"), "qwen2.5-0.5b");
  EXPECT_EQ(KnownShapeOf("SmolLM2-135M-Instruct-Q4_1.gguf"), "smollm2-135m");
  EXPECT_EQ(KnownShapeOf("meta-llama/Meta-Llama-3.1-8B-Instruct"), "llama-3.1-8b");
  EXPECT_EQ(KnownShapeOf("Qwen/Qwen3-80B"), std::nullopt);
  EXPECT_EQ(KnownShapeOf("models/tiny.gguf"), std::nullopt);
}

TEST(KnownShapes, SmallerOnesStayInTheFamily) {
  EXPECT_EQ(NextSmaller("qwen3-8b"), "qwen3-4b");
  EXPECT_EQ(NextSmaller("qwen3-0.6b"), std::nullopt);
  EXPECT_EQ(NextSmaller("qwen2.5-0.5b"), std::nullopt);
}

TEST(KnownShapes, OneCanBeWrittenInNumbers) {
  const DecoderShape shape = ParseShape("36x4096x32x8x128x12288x151936");
  EXPECT_EQ(CountWeights(shape), CountWeights(KnownShape("qwen3-8b")));
  EXPECT_EQ(ParseShape("Qwen/Qwen3-4B"), KnownShape("qwen3-4b"));
  EXPECT_THAT([] { ParseShape("36x4096"); },
              ThrowsMessage<Error>(AllOf(HasSubstr("'36x4096'"), HasSubstr("qwen3-8b"))));
  EXPECT_THROW(ParseShape("36x4096x32x5x128x12288x151936"), Error);
  EXPECT_THROW(KnownShape("qwen9"), Error);
}

// The numbers that matter to memory, against the real files at hand.
TEST(KnownShapes, AreThoseOfTheRealFiles) {
  const char* folder = std::getenv("PGTS_MODELS");
  if (folder == nullptr) GTEST_SKIP() << "PGTS_MODELS is not set";
  int compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto known = KnownShapeOf(entry.path().filename().string());
    if (!known || entry.path().extension() != ".gguf") continue;
    DecoderShape file = ReadGgufShape(entry.path().string());
    const DecoderShape table = KnownShape(*known);
    file.tied = table.tied;  // some converters write a tied matrix a second time
    EXPECT_EQ(CountWeights(file), CountWeights(table)) << entry.path();
    EXPECT_EQ(file.kv_heads * file.head_dim, table.kv_heads * table.head_dim) << entry.path();
    EXPECT_EQ(file.layers, table.layers) << entry.path();
    ++compared;
  }
  if (compared == 0) GTEST_SKIP() << folder << " has no model of a known shape";
}

}  // namespace
}  // namespace pgts::model
