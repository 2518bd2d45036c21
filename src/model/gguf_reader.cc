// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/utils.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/gguf_header.h"
#include "model/decoder.h"
#include "model/gguf_keys.h"
#include "model/gguf_rows.h"
#include "model/gguf_tensor.h"

namespace pgts::model {
namespace {

std::string Architecture(const GgufHeader& file) {
  const std::string architecture = file.Text("general.architecture");
  for (const char* known : {"qwen3", "qwen2", "llama"}) {
    if (architecture == known) return architecture;
  }
  throw Error::Format("{}: architecture is {}; qwen3, qwen2 and llama can be trained here",
                      file.path(), architecture);
}

// The keys of a model's architecture, without its name.
class ShapeKeys {
 public:
  explicit ShapeKeys(const GgufHeader& file) : file_(file), prefix_(Architecture(file) + ".") {}

  bool Has(const char* name) const { return file_.Has(prefix_ + name); }
  std::string Text(const char* name) const { return file_.Text(prefix_ + name); }
  int64_t Integer(const char* name) const { return file_.Integer(prefix_ + name); }
  int64_t Integer(const char* name, int64_t otherwise) const {
    return Has(name) ? Integer(name) : otherwise;
  }
  float Number(const char* name) const { return static_cast<float>(file_.Number(prefix_ + name)); }

  // Error where the key is there and has another value.
  void Require(const char* name, int64_t value, const char* why) const {
    if (Integer(name, value) == value) return;
    throw Error::Format("{}: {}{} is {}, not {}: {} cannot be trained here; use another model",
                        file_.path(), prefix_, name, Integer(name), value, why);
  }

 private:
  const GgufHeader& file_;
  std::string prefix_;
};

void ReadRope(const GgufHeader& file, const ShapeKeys& keys, DecoderShape& shape) {
  keys.Require("rope.dimension_count", shape.head_dim, "rope over a part of a head");
  if (keys.Has("rope.freq_base")) shape.rope_theta = keys.Number("rope.freq_base");
  const std::string scaling =
      keys.Has("rope.scaling.type") ? keys.Text("rope.scaling.type") : "linear";
  if (scaling != "linear" && scaling != "none") {
    throw Error::Format(
        "{}: rope scaling is {}; none, linear and Llama 3's factors can be trained here; use a "
        "file without it",
        file.path(), scaling);
  }
  // llama.cpp heeds a factor without a type, none with type none, and 0 means none.
  for (const char* name : {"rope.scaling.factor", "rope.scale_linear"}) {
    if (scaling == "none" || !keys.Has(name)) continue;
    const float factor = keys.Number(name);
    shape.rope_scale = factor == 0 ? 1.0f : factor;
    break;
  }
  if (shape.family == Family::kLlama && file.HasTensor(kRopeFactors)) {
    shape.rope_factors = ReadTensor(file, kRopeFactors);
  }
}

DecoderShape ReadShape(const GgufHeader& file) {
  const ShapeKeys keys(file);
  DecoderShape shape;
  if (Architecture(file) == "llama") shape.family = Family::kLlama;
  shape.width = keys.Integer("embedding_length");
  shape.layers = keys.Integer("block_count");
  shape.heads = keys.Integer("attention.head_count");
  shape.kv_heads = keys.Integer("attention.head_count_kv", shape.heads);
  shape.head_dim =
      keys.Integer("attention.key_length", shape.width / std::max<int64_t>(1, shape.heads));
  shape.ff_width = keys.Integer("feed_forward_length");
  shape.context = keys.Integer("context_length");
  shape.rms_eps = keys.Number("attention.layer_norm_rms_epsilon");
  shape.vocab = file.Tensor("token_embd.weight").size.at(0);
  shape.tied = !file.HasTensor("output.weight");
  shape.qk_norm = file.HasTensor("blk.0.attn_q_norm.weight");
  shape.qkv_bias = file.HasTensor("blk.0.attn_q.bias");
  keys.Require("attention.value_length", shape.head_dim, "values of another width than keys");
  keys.Require("expert_count", 0, "a mixture of experts");
  ReadRope(file, keys, shape);
  CheckShape(shape, file.path().c_str());
  // Before anyone makes room for what damaged keys promise.
  if (CountWeights(shape) > file.CountElements()) {
    throw Error::Format(
        "{}: its keys describe {} weights, it holds {}; fetch or write the file "
        "again",
        file.path(), CountWeights(shape), file.CountElements());
  }
  return shape;
}

// A tensor that nobody reads would make it another model.
void CheckAllKnown(const GgufHeader& file, const Decoder& decoder) {
  std::set<std::string> known = {kRopeFactors};
  for (const auto& [name, weight] : decoder.Weights()) known.insert(name);
  for (const auto& [name, tensor] : file.tensors()) {
    if (known.contains(name)) continue;
    throw Error::Format("{}: tensor {} is of a kind that cannot be trained here; use another model",
                        file.path(), name);
  }
}

// `weight` takes the values as `type`.
void Load(const GgufHeader& file, const DecoderShape& shape, const std::string& name,
          torch::Tensor weight, torch::ScalarType type) {
  const std::vector<int64_t> size = file.Tensor(name).size;
  if (size != weight.sizes().vec()) {
    throw Error::Format("{}: tensor {} is [{}], the file's keys say [{}]", file.path(), name,
                        fmt::join(size, ", "), fmt::join(weight.sizes().vec(), ", "));
  }
  std::vector<float> values = ReadTensor(file, name);
  torch::NoGradGuard no_grad;
  const torch::Tensor rows =
      RowsFromFile(shape, name, torch::from_blob(values.data(), size, torch::kFloat32));
  if (type == torch::kFloat32) {
    weight.copy_(rows);
  } else {
    weight.set_data(rows.to(type));
  }
}

std::shared_ptr<Decoder> Read(const std::string& path, int64_t context, torch::ScalarType type) {
  const GgufHeader file(path);
  DecoderShape shape = ReadShape(file);
  if (context > shape.context) {
    throw Error::Format("{}: a context of {} tokens was asked for, the model has {}", path, context,
                        shape.context);
  }
  if (context > 0) shape.context = context;
  auto decoder = std::make_shared<Decoder>(shape, std::nullopt);
  CheckAllKnown(file, *decoder);
  for (const auto& [name, weight] : decoder->Weights()) {
    Load(file, shape, name, weight, weight.dim() > 1 ? type : torch::kFloat32);
  }
  return decoder;
}

}  // namespace

DecoderShape ReadGgufShape(const std::string& path) { return ReadShape(GgufHeader(path)); }

std::shared_ptr<Decoder> ReadGguf(const std::string& path, int64_t context) {
  return Read(path, context, torch::kFloat32);
}

std::shared_ptr<Decoder> ReadFrozenGguf(const std::string& path, int64_t context, WeightType type) {
  if (type != WeightType::kF32 && type != WeightType::kBF16) {
    throw Error::Format("{}: frozen weights are kept as f32 or bf16", path);
  }
  const auto compute_type = type == WeightType::kF32 ? torch::kFloat32 : torch::kBFloat16;
  auto decoder = Read(path, context, compute_type);
  decoder->set_compute_type(compute_type);
  decoder->Freeze();
  return decoder;
}

}  // namespace pgts::model
