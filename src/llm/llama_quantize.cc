// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_quantize.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>

#include "base/error.h"
#include "llama.h"
#include "llm/llama_gguf_check.h"
#include "llm/llama_runtime.h"

namespace pgts::llm {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 10> kNames = {"f32",  "f16",  "bf16",   "q8_0",   "q6_k",
                                                     "q5_0", "q4_0", "q4_1", "q5_k_m", "q4_k_m"};
constexpr std::array<llama_ftype, kNames.size()> kTypes = {
    LLAMA_FTYPE_ALL_F32,       LLAMA_FTYPE_MOSTLY_F16,  LLAMA_FTYPE_MOSTLY_BF16,
    LLAMA_FTYPE_MOSTLY_Q8_0,   LLAMA_FTYPE_MOSTLY_Q6_K, LLAMA_FTYPE_MOSTLY_Q5_0,
    LLAMA_FTYPE_MOSTLY_Q4_0,   LLAMA_FTYPE_MOSTLY_Q4_1, LLAMA_FTYPE_MOSTLY_Q5_K_M,
    LLAMA_FTYPE_MOSTLY_Q4_K_M};

llama_ftype TypeOf(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) {
    throw Error::Format("weight type '{}' is not one of {}", name, fmt::join(kNames, ", "));
  }
  return kTypes[static_cast<size_t>(found - kNames.begin())];
}

void RequireOtherFile(const std::string& in, const std::string& out) {
  std::error_code ignored;
  if (!fs::equivalent(in, out, ignored)) return;
  throw Error::Format("{} would be overwritten by its own conversion; name another output", in);
}

}  // namespace

std::span<const std::string_view> WeightTypeNames() { return kNames; }

QuantizeResult Quantize(const std::string& in, const std::string& out, std::string_view type) {
  llama_model_quantize_params params = llama_model_quantize_default_params();
  params.ftype = TypeOf(type);
  params.allow_requantize = true;
  const GgufSummary file = CheckGguf(in);
  RequireOtherFile(in, out);
  StartLlama();
  const std::string part = out + ".part";
  std::string reason;
  uint32_t failed = 1;
  try {
    reason = GuardLlama(
        [&] { failed = llama_model_quantize(in.c_str(), part.c_str(), &params); });
  } catch (const std::exception& failure) {
    reason = failure.what();
  }
  if (failed != 0) {
    std::error_code ignored;
    fs::remove(part, ignored);
    throw Error::Format("{} cannot be converted to {} as {} ({}); choose another type, or a folder "
                        "that can be written to",
                        in, type, out, reason.empty() ? "no reason given" : reason);
  }
  fs::rename(part, out);
  return {.bytes_before = file.file_bytes,
          .bytes_after = static_cast<int64_t>(fs::file_size(out))};
}

}  // namespace pgts::llm
