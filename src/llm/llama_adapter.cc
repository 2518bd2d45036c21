// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_adapter.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"
#include "llama.h"
#include "llm/llama_runtime.h"

namespace pgts::llm {
namespace {

bool HasKernel(uint32_t type) {
  return type == GGML_TYPE_F32 || type == GGML_TYPE_F16 || type == GGML_TYPE_BF16 ||
         type == GGML_TYPE_Q8_0;
}

}  // namespace

GgufHeader CheckAdapter(const std::string& path) {
  GgufHeader adapter(path);
  if (adapter.Text("general.type", "") != "adapter" || adapter.Text("adapter.type", "") != "lora") {
    throw Error::Format("adapter file {} is no LoRA adapter; give one, or none", path);
  }
  if (adapter.tensors().empty()) throw Error::Format("adapter file {} holds no tensor", path);
  for (const auto& [name, tensor] : adapter.tensors()) {
    if (!name.ends_with(".lora_a") && !name.ends_with(".lora_b")) {
      throw Error::Format(
          "adapter file {}: tensor {} is not of LoRA, and llama.cpp cannot apply it", path, name);
    }
    if (tensor.size.size() == 2 && HasKernel(tensor.type)) continue;
    throw Error::Format(
        "adapter file {}: tensor {} is not a matrix of f32, f16, bf16 or q8_0; write the adapter "
        "again",
        path, name);
  }
  return adapter;
}

llama_adapter_lora* LoadAdapter(llama_model* model, const ModelInfo& base,
                                const GgufHeader& adapter) {
  const std::string& path = adapter.path();
  const std::string architecture = adapter.Text("general.architecture");
  const std::string base_hash = adapter.Text("pgts.base_hash", base.file_hash);  // HashFile of it
  if (architecture != base.architecture) {
    throw Error::Format(
        "adapter file {} adapts architecture {}, {} is {}; give the model it was "
        "trained on",
        path, architecture, base.path, base.architecture);
  }
  if (base_hash != base.file_hash) {
    throw Error::Format(
        "adapter file {} was trained on a model with hash {}, {} has {}; give the model it was "
        "trained on",
        path, base_hash, base.path, base.file_hash);
  }
  llama_adapter_lora* lora = nullptr;
  const std::string reason =
      GuardLlama([&] { lora = llama_adapter_lora_init(model, path.c_str()); });
  if (lora == nullptr) {
    throw Error::Format(
        "adapter file {} cannot be applied to {} ({}); write it again for this model", path,
        base.path, reason);
  }
  return lora;
}

std::string AdaptedHash(const std::string& base_hash, const std::string& adapter_hash) {
  const Key key = Key("adapted-model").With(base_hash).With(adapter_hash);
  return fmt::format("{:016x}", key.value());
}

}  // namespace pgts::llm
