// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/utils.h>

#include <algorithm>

#include "base/error.h"
#include "model/decoder.h"
#include "model/gguf_file.h"

namespace pgts::model {
namespace {

std::string Architecture(const GgufFile& file) {
  const std::string architecture = file.Text("general.architecture");
  if (architecture == "qwen3" || architecture == "qwen2") return architecture;
  throw Error::Format("{}: architecture is {}; qwen3 and qwen2 can be trained here", file.path(),
                      architecture);
}

DecoderShape ReadShape(const GgufFile& file) {
  const std::string architecture = Architecture(file);
  const auto key = [&](const char* name) { return fmt::format("{}.{}", architecture, name); };
  DecoderShape shape;
  shape.width = file.Integer(key("embedding_length"));
  shape.layers = file.Integer(key("block_count"));
  shape.heads = file.Integer(key("attention.head_count"));
  shape.kv_heads = file.Has(key("attention.head_count_kv"))
                       ? file.Integer(key("attention.head_count_kv"))
                       : shape.heads;
  shape.head_dim = file.Has(key("attention.key_length"))
                       ? file.Integer(key("attention.key_length"))
                       : shape.width / std::max<int64_t>(1, shape.heads);
  shape.ff_width = file.Integer(key("feed_forward_length"));
  shape.context = file.Integer(key("context_length"));
  if (file.Has(key("rope.freq_base"))) {
    shape.rope_theta = static_cast<float>(file.Number(key("rope.freq_base")));
  }
  shape.rms_eps = static_cast<float>(file.Number(key("attention.layer_norm_rms_epsilon")));
  shape.vocab = file.Size("token_embd.weight").at(0);
  shape.tied = !file.HasTensor("output.weight");
  shape.qk_norm = file.HasTensor("blk.0.attn_q_norm.weight");
  shape.qkv_bias = file.HasTensor("blk.0.attn_q.bias");
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

void Load(const GgufFile& file, const std::string& name, torch::Tensor weight) {
  const std::vector<int64_t> size = file.Size(name);
  if (size != weight.sizes().vec()) {
    throw Error::Format("{}: tensor {} is [{}], the file's keys say [{}]", file.path(), name,
                        fmt::join(size, ", "), fmt::join(weight.sizes().vec(), ", "));
  }
  std::vector<float> values = file.Read(name);
  torch::NoGradGuard no_grad;
  weight.copy_(torch::from_blob(values.data(), size, torch::kFloat32));
}

}  // namespace

DecoderShape ReadGgufShape(const std::string& path) { return ReadShape(GgufFile(path)); }

std::shared_ptr<Decoder> ReadGguf(const std::string& path, int64_t context) {
  const GgufFile file(path);
  DecoderShape shape = ReadShape(file);
  if (context > shape.context) {
    throw Error::Format("{}: a context of {} tokens was asked for, the model has {}", path, context,
                        shape.context);
  }
  if (context > 0) shape.context = context;
  auto decoder = std::make_shared<Decoder>(shape);
  for (const auto& [name, weight] : decoder->Weights()) Load(file, name, weight);
  return decoder;
}

std::map<std::string, std::string> ReadGgufMetadata(const std::string& path) {
  return GgufFile(path).Texts("pgts.");
}

}  // namespace pgts::model
