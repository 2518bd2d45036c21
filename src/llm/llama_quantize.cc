// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_quantize.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "base/error.h"
#include "base/gguf_header.h"
#include "llama.h"
#include "llm/llama_runtime.h"

namespace pgts::llm {
namespace {

namespace fs = std::filesystem;

struct WeightType {
  std::string_view name;
  llama_ftype type;
};
constexpr WeightType kTypes[] = {
    {"f32", LLAMA_FTYPE_ALL_F32},          {"f16", LLAMA_FTYPE_MOSTLY_F16},
    {"bf16", LLAMA_FTYPE_MOSTLY_BF16},     {"q8_0", LLAMA_FTYPE_MOSTLY_Q8_0},
    {"q6_k", LLAMA_FTYPE_MOSTLY_Q6_K},     {"q5_0", LLAMA_FTYPE_MOSTLY_Q5_0},
    {"q4_0", LLAMA_FTYPE_MOSTLY_Q4_0},     {"q4_1", LLAMA_FTYPE_MOSTLY_Q4_1},
    {"q5_k_m", LLAMA_FTYPE_MOSTLY_Q5_K_M}, {"q4_k_m", LLAMA_FTYPE_MOSTLY_Q4_K_M}};

llama_ftype TypeOf(std::string_view name) {
  const auto* const found = std::ranges::find(kTypes, name, &WeightType::name);
  if (found == std::end(kTypes)) {
    throw Error::Format("weight type '{}' is not one of {}", name,
                        fmt::join(WeightTypeNames(), ", "));
  }
  return found->type;
}

void RequireOtherFile(const std::string& in, const std::string& out) {
  std::error_code ignored;
  if (!fs::equivalent(in, out, ignored)) return;
  throw Error::Format("{} would be overwritten by its own conversion; name another output", in);
}

}  // namespace

std::vector<std::string_view> WeightTypeNames() {
  std::vector<std::string_view> names;
  for (const WeightType& type : kTypes) names.push_back(type.name);
  return names;
}

QuantizeResult Quantize(const std::string& in, const std::string& out, std::string_view type) {
  llama_model_quantize_params params = llama_model_quantize_default_params();
  params.ftype = TypeOf(type);
  params.allow_requantize = true;
  const GgufHeader file(in);
  RequireOtherFile(in, out);
  StartLlama();
  const std::string part = out + ".part";
  uint32_t failed = 1;
  const std::string reason =
      GuardLlama([&] { failed = llama_model_quantize(in.c_str(), part.c_str(), &params); });
  if (failed != 0) {
    std::error_code ignored;
    fs::remove(part, ignored);
    throw Error::Format(
        "{} cannot be converted to {} as {} ({}); choose another type, or a folder "
        "that can be written to",
        in, type, out, reason);
  }
  fs::rename(part, out);
  return {.bytes_before = file.file_bytes(),
          .bytes_after = static_cast<int64_t>(fs::file_size(out))};
}

}  // namespace pgts::llm
