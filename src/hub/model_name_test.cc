// SPDX-License-Identifier: Apache-2.0
#include "hub/model_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "hub/publishers.h"
#include "hub/weights.h"

namespace pgts::hub {
namespace {

using ::testing::ElementsAre;
using ::testing::FieldsAre;
using ::testing::Optional;

TEST(ModelName, IsOwnerAndRepositoryAndPerhapsAWeightType) {
  EXPECT_THAT(ParseModelName("Qwen/Qwen3-8B"), Optional(FieldsAre("Qwen", "Qwen3-8B", "")));
  EXPECT_THAT(ParseModelName("bartowski/Qwen_Qwen3-8B-GGUF:q8_0"),
              Optional(FieldsAre("bartowski", "Qwen_Qwen3-8B-GGUF", "Q8_0")));
  for (const char* path : {"models/tiny.gguf", "no/such.GGUF", "/models/x", "./x", "../x/y",
                           "a/b/c", "tiny", "", "a/", "/a", "a/b:", "a b/c", "~/x", "a/.."}) {
    EXPECT_FALSE(ParseModelName(path)) << path;
  }
  EXPECT_EQ(ParseModelName("a/b-gguf")->Model(), "b");
  EXPECT_TRUE(ParseModelName("a/b-gguf")->NamesGgufs());
}

TEST(ModelName, AFileNameSaysModelWeightsAndShard) {
  EXPECT_THAT(ParseFileName("x/Qwen3-8B-Q8_0.gguf"), Optional(FieldsAre("Qwen3-8B", "Q8_0", 1, 1)));
  EXPECT_THAT(ParseFileName("qwen2.5-coder-0.5b-instruct-fp16.gguf"),
              Optional(FieldsAre("qwen2.5-coder-0.5b-instruct", "F16", 1, 1)));
  EXPECT_THAT(ParseFileName("gemma-3-270m.q4_k_m.gguf"),
              Optional(FieldsAre("gemma-3-270m", "Q4_K_M", 1, 1)));
  EXPECT_THAT(ParseFileName("Qwen3-8B-UD-IQ3_XXS.gguf"),
              Optional(FieldsAre("Qwen3-8B", "IQ3_XXS", 1, 1)));
  EXPECT_THAT(ParseFileName("BF16/Qwen3-32B-BF16-00002-of-00003.gguf"),
              Optional(FieldsAre("Qwen3-32B", "BF16", 2, 3)));
  EXPECT_THAT(ParseFileName("Qwen3-4B-Instruct-2507.gguf"),
              Optional(FieldsAre("Qwen3-4B-Instruct-2507", "", 1, 1)));
  EXPECT_FALSE(ParseFileName("mmproj-model-f16.gguf"));
  EXPECT_FALSE(ParseFileName("model.safetensors"));
  EXPECT_THAT(
      ShardNames("a/M-Q8_0-00001-of-00002.gguf", *ParseFileName("M-Q8_0-00001-of-00002.gguf")),
      ElementsAre("a/M-Q8_0-00001-of-00002.gguf", "a/M-Q8_0-00002-of-00002.gguf"));
}

TEST(ModelName, RelativesAreOtherModels) {
  const ModelName name = *ParseModelName("Qwen/Qwen3-8B");
  for (const char* same : {"Qwen3-8B", "qwen3-8b", "Qwen_Qwen3-8B"}) EXPECT_TRUE(IsOf(same, name));
  for (const char* other :
       {"Qwen3-8B-Base", "Qwen3-8B-Instruct-2507", "Qwen3-8", "DeepSeek-R1-0528-Qwen3-8B"}) {
    EXPECT_FALSE(IsOf(other, name)) << other;
  }
  EXPECT_TRUE(
      IsOf("Meta-Llama-3.1-8B-Instruct", *ParseModelName("meta-llama/Llama-3.1-8B-Instruct")));
}

// The types from the best on, as far as they may be taken.
std::vector<std::string> InOrder(const WeightsWish& wish) {
  std::vector<std::pair<int, std::string>> ranked;
  for (const char* type : {"Q4_K_M", "F32", "Q8_0", "IQ1_S", "BF16", "F16"}) {
    if (const auto rank = Rank(type, wish)) ranked.emplace_back(*rank, type);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> types;
  for (const auto& [rank, type] : ranked) types.push_back(type);
  return types;
}

TEST(Weights, FollowWhatWasAskedFor) {
  EXPECT_THAT(InOrder({.eight_bits = true}), ElementsAre("Q8_0", "BF16", "F16", "F32"));
  EXPECT_THAT(InOrder({}), ElementsAre("BF16", "F16", "Q8_0", "Q4_K_M", "IQ1_S", "F32"));
  EXPECT_THAT(InOrder({.dtype = "float16"}),
              ElementsAre("F16", "BF16", "Q8_0", "Q4_K_M", "IQ1_S", "F32"));
  EXPECT_THAT(InOrder({.dtype = "float32"}),
              ElementsAre("F32", "BF16", "F16", "Q8_0", "Q4_K_M", "IQ1_S"));
  EXPECT_THAT(InOrder({.exactly = "Q4_K_M"}), ElementsAre("Q4_K_M"));
}

TEST(Publishers, AreTheMakersOwnFirst) {
  EXPECT_EQ(LikelyRepositories(*ParseModelName("Qwen/Qwen3-8B")).front(), "Qwen/Qwen3-8B-GGUF");
  EXPECT_THAT(LikelyRepositories(*ParseModelName("a/b")), ElementsAre("a/b", "a/b-GGUF"));
  EXPECT_THAT(LikelyRepositories(*ParseModelName("Qwen/Qwen3-8B-GGUF")),
              ElementsAre("Qwen/Qwen3-8B-GGUF"));
}

}  // namespace
}  // namespace pgts::hub
