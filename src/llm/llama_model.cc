// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_model.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "base/error.h"
#include "base/files.h"
#include "base/gguf_header.h"
#include "base/log.h"
#include "ggml-backend.h"
#include "llama.h"
#include "llm/engine_report.h"
#include "llm/llama_adapter.h"
#include "llm/llama_devices.h"
#include "llm/llama_runtime.h"

namespace pgts::llm {
namespace {

// At least 1 on a GPU; 0 without one.
int64_t FreeBytes(ggml_backend_dev_t gpu) {
  if (gpu == nullptr) return 0;
  size_t free = 0, total = 0;
  ggml_backend_dev_memory(gpu, &free, &total);
  return std::max<int64_t>(1, static_cast<int64_t>(free));
}

void RequireDecoder(const llama_model* model, const ModelInfo& info) {
  const char* kind = nullptr;
  if (llama_model_is_recurrent(model)) kind = "recurrent";
  if (llama_model_is_hybrid(model)) kind = "partly recurrent";
  if (llama_model_is_diffusion(model)) kind = "a diffusion model";
  if (llama_model_has_encoder(model) || !llama_model_has_decoder(model)) kind = "an encoder model";
  if (kind) {
    throw Error::Format(
        "model file {}: architecture {} is {}, whose state cannot be cut back to a "
        "shared prefix; use a decoder-only transformer",
        info.path, info.architecture, kind);
  }
}

// The numbers of a head's keys, or values: width ÷ heads unless the file says otherwise.
int64_t HeadLength(const llama_model* model, const std::string& architecture, const char* which) {
  char text[32] = "";
  const std::string key = architecture + ".attention." + which;
  const int found = llama_model_meta_val_str(model, key.c_str(), text, sizeof(text));
  const int64_t length = found > 0 ? std::atoll(text) : 0;
  return length > 0 ? length : llama_model_n_embd(model) / std::max(1, llama_model_n_head(model));
}

// Keys and values of every layer, in 16 bits.
int64_t KvBytesPerToken(const llama_model* model, const std::string& architecture) {
  const int64_t head = HeadLength(model, architecture, "key_length") +
                       HeadLength(model, architecture, "value_length");
  return 2 * head * llama_model_n_head_kv(model) * llama_model_n_layer(model);
}

ModelInfo Describe(const llama_model* model, const GgufHeader& file) {
  char description[128] = "";
  llama_model_desc(model, description, sizeof(description));
  const std::string architecture = file.Text("general.architecture");
  return {.path = file.path(),
          .architecture = architecture,
          .description = description,
          .width = llama_model_n_embd_out(model),
          .layers = llama_model_n_layer(model),
          .vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model)),
          .context_train = llama_model_n_ctx_train(model),
          .parameters = static_cast<int64_t>(llama_model_n_params(model)),
          .kv_bytes_per_token = KvBytesPerToken(model, architecture),
          .file_bytes = file.file_bytes()};
}

// llama.cpp splits the text of such a file in another way than the model learnt it, and says so to
// nobody who hears it.
void WarnOfMissingPreTokenizer(const GgufHeader& file) {
  constexpr const char* kKey = "tokenizer.ggml.pre";
  if (file.Text("tokenizer.ggml.model", "") != "gpt2" || file.Has(kKey)) return;
  Warn(
      "model file {} does not say how its text is split before it is tokenized ({}), so what it "
      "reads and writes is garbled; take a newer file, or convert the model again",
      file.path(), kKey);
}

// All of a model on one device; null: the CPU. `devices` outlives the parameters.
llama_model_params ParamsFor(ggml_backend_dev_t gpu, std::array<ggml_backend_dev_t, 2>& devices) {
  devices = {gpu, nullptr};
  llama_model_params params = llama_model_default_params();
  params.devices = devices.data();
  params.n_gpu_layers = gpu != nullptr ? -1 : 0;
  params.split_mode = LLAMA_SPLIT_MODE_NONE;
  return params;
}

llama_model* LoadFile(const std::string& path, const llama_model_params& params) {
  llama_model* model = nullptr;
  const std::string reason =
      GuardLlama([&] { model = llama_model_load_from_file(path.c_str(), params); });
  if (!model) {
    throw Error::Format("model file {} cannot be loaded ({}); use a model that llama.cpp supports",
                        path, reason);
  }
  return model;
}

}  // namespace

std::shared_ptr<const LlamaModel> LlamaModel::Load(const std::string& path,
                                                   const std::string& device,
                                                   const std::string& adapter) {
  const ggml_backend_dev_t gpu = FindGpu(device);
  const GgufHeader file(path);
  if (file.Text("general.type", "model") == "adapter") {
    throw Error::Format("model file {} is an adapter; give the model that it adapts", path);
  }
  WarnOfMissingPreTokenizer(file);
  std::optional<GgufHeader> adapter_file;
  if (!adapter.empty()) adapter_file = CheckAdapter(adapter);
  std::array<ggml_backend_dev_t, 2> devices;
  std::shared_ptr<LlamaModel> model(new LlamaModel);
  model->Open(LoadFile(path, ParamsFor(gpu, devices)), file, gpu);
  model->info_.file_hash = HashFile(path);
  if (const auto advice = SlowWeightsAdvice(model->info_); advice && gpu == nullptr) {
    Info("{}", *advice);
  }
  if (adapter_file) {
    model->adapter_ = LoadAdapter(model->model_, model->info_, *adapter_file);
    model->info_.file_hash = AdaptedHash(model->info_.file_hash, HashFile(adapter));
  }
  model->tokenizer_ = std::make_unique<LlamaTokenizer>(model->model_);
  return model;
}

std::shared_ptr<const LlamaModel> LlamaModel::LoadHeader(const std::string& path,
                                                         const std::string& device) {
  const ggml_backend_dev_t gpu = FindGpu(device);
  const GgufHeader file(path);
  std::array<ggml_backend_dev_t, 2> devices;
  llama_model_params params = ParamsFor(gpu, devices);
  params.no_alloc = true;
  params.load_mode = LLAMA_LOAD_MODE_NONE;  // the only one that goes without
  std::shared_ptr<LlamaModel> model(new LlamaModel);
  model->Open(LoadFile(path, params), file, gpu);
  return model;
}

void LlamaModel::Open(llama_model* model, const GgufHeader& file, ggml_backend_device* gpu) {
  model_ = model;
  gpu_ = gpu;
  info_ = Describe(model, file);
  info_.device = gpu != nullptr ? ggml_backend_dev_description(gpu) : "CPU";
  RequireDecoder(model, info_);
}

int64_t LlamaModel::FreeGpuBytes() const { return FreeBytes(gpu_); }

int64_t FreeBytesOf(const std::string& device) { return FreeBytes(FindGpu(device)); }

void LlamaModel::SetFlashAttention(llama_context_params& params, bool wanted) const {
  const auto on = on_gpu() ? LLAMA_FLASH_ATTN_TYPE_AUTO : LLAMA_FLASH_ATTN_TYPE_ENABLED;
  params.flash_attn_type = wanted ? on : LLAMA_FLASH_ATTN_TYPE_DISABLED;
}

void LlamaModel::Adapt(llama_context* context) const {
  if (adapter_ == nullptr) return;
  llama_adapter_lora* adapter = adapter_;
  float scale = 1;  // alpha / rank is the adapter's own
  llama_set_adapters_lora(context, &adapter, 1, &scale);
}

LlamaModel::~LlamaModel() {
  if (model_) llama_model_free(model_);
}

}  // namespace pgts::llm
