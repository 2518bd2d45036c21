// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_quantize.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"
#include "llm/llama_model.h"

namespace pgts::llm {
namespace {

using testing::HasSubstr;

const std::string kTinyModel = std::string(PGTS_SOURCE_DIR) + "/models/tiny.gguf";

std::string MessageOf(const std::string& in, const std::string& out, std::string_view type) {
  try {
    Quantize(in, out, type);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(Quantize, AConvertedModelLoadsAndIsSmaller) {
  const TempFolder folder;
  const std::string wide = folder.path() + "/f32.gguf", narrow = folder.path() + "/q4_0.gguf";
  Quantize(kTinyModel, wide, "f32");
  const QuantizeResult result = Quantize(wide, narrow, "q4_0");
  EXPECT_LT(result.bytes_after, result.bytes_before / 4);
  const auto before = LlamaModel::Load(wide), after = LlamaModel::Load(narrow);
  EXPECT_EQ(after->info().parameters, before->info().parameters);
  EXPECT_THAT(after->info().description, HasSubstr("Q4_0"));
}

TEST(Quantize, BadInputIsOneLineAndLeavesNothing) {
  const TempFolder folder;
  const std::string out = folder.path() + "/out.gguf";
  EXPECT_THAT(MessageOf(kTinyModel, out, "q9"), HasSubstr("'q9' is not one of f32"));
  EXPECT_THAT(MessageOf(folder.path() + "/none.gguf", out, "q8_0"), HasSubstr("none.gguf"));
  EXPECT_THAT(MessageOf(kTinyModel, kTinyModel, "q8_0"), HasSubstr("name another output"));
  EXPECT_THAT(MessageOf(kTinyModel, folder.path() + "/no/out.gguf", "q8_0"), HasSubstr("no/out"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace pgts::llm
