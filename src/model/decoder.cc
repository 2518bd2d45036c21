// SPDX-License-Identifier: Apache-2.0
#include "model/decoder.h"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "model/checkpoint.h"

namespace pgts::model {
namespace {

using torch::Tensor;

// At least float32; float64 stays, for gradient checks.
Tensor Widen(const Tensor& x) { return x.to(at::promote_types(x.scalar_type(), at::kFloat)); }

Tensor RmsNorm(const Tensor& x, const Tensor& gain, double eps) {
  const Tensor wide = Widen(x);
  return wide * (wide.square().mean(-1, /*keepdim=*/true) + eps).rsqrt() * gain;
}

// x: [B, T, heads, C]. rotate(x) = (-x2, x1) of the halves (x1, x2).
// cos, sin: [1 or B, T, 1, C].
Tensor Rope(const Tensor& x, const Tensor& cos, const Tensor& sin) {
  const auto halves = x.chunk(2, -1);
  const Tensor turned = torch::cat({-halves[1], halves[0]}, -1);
  return x * cos + turned * sin;
}

// [T, T]: 0 where query t may see key s (s <= t), else -inf.
Tensor CausalMask(int64_t tokens, const torch::TensorOptions& options) {
  return torch::full({tokens, tokens}, -INFINITY, options).triu(1);
}

}  // namespace

Decoder::Decoder(const DecoderShape& shape, std::optional<uint64_t> seed) : shape_(shape) {
  CheckShape(shape, "decoder");
  if (seed) generator_ = at::detail::createCPUGenerator(*seed);
  AddAll();
}

Decoder::Decoder(MasterOf master)
    : shape_(master.replica->shape_),
      compute_type_(master.replica->compute_type_),
      checkpointing_(master.replica->checkpointing_),
      frozen_(master.replica->frozen_),
      lora_(master.replica->lora_),
      master_(master.replica) {
  AddAll();
  if (lora_) AddLoraPairs();
  master_ = nullptr;
}

std::shared_ptr<Decoder> Decoder::Replica() const {
  return std::make_shared<Decoder>(MasterOf{this});
}

void Decoder::AddAll() {
  const double fan_in = 1.0 / std::sqrt(static_cast<double>(shape_.width));
  embedding_ = Add("token_embd.weight", {shape_.vocab, shape_.width}, fan_in);
  for (int64_t i = 0; i < shape_.layers; ++i) AddLayer(i);
  output_norm_ = AddFilled("output_norm.weight", shape_.width, 1.0);
  output_ = shape_.tied ? embedding_ : Add("output.weight", {shape_.vocab, shape_.width}, fan_in);
  AddRope();
}

void Decoder::AddRope() {
  if (master_ != nullptr) {
    cos_TC_ = register_buffer("cos", master_->cos_TC_.detach());
    sin_TC_ = register_buffer("sin", master_->sin_TC_.detach());
    return;
  }
  const auto wide = torch::TensorOptions(torch::kFloat64);
  const Tensor power = torch::arange(0, shape_.head_dim, 2, wide) / shape_.head_dim;
  Tensor frequencies = torch::pow(shape_.rope_theta, -power) / shape_.rope_scale;
  if (!shape_.rope_factors.empty()) frequencies = frequencies / torch::tensor(shape_.rope_factors);
  const Tensor angle = torch::outer(torch::arange(shape_.context, wide), frequencies);
  const Tensor twice = torch::cat({angle, angle}, -1);
  cos_TC_ = register_buffer("cos", twice.cos().to(torch::kFloat32));
  sin_TC_ = register_buffer("sin", twice.sin().to(torch::kFloat32));
}

Tensor Decoder::Draw(at::IntArrayRef size, double deviation) {
  Tensor weight = torch::empty(size, torch::kFloat32);
  if (generator_.defined()) weight.normal_(0.0, deviation, generator_);
  return weight;
}

// A replica takes its master's tensor; memory that nobody has written to costs nothing.
Tensor Decoder::Register(const std::string& gguf_name, Tensor weight, NamedTensors Decoder::*list) {
  std::string name = gguf_name;  // LibTorch allows no dots in a parameter's name
  std::replace(name.begin(), name.end(), '.', '_');
  NamedTensors& mine = this->*list;
  bool learns = true;
  if (master_ != nullptr) {
    const Tensor& theirs = (master_->*list)[mine.size()].second;
    weight = theirs.detach();
    learns = theirs.requires_grad();
  }
  weight = register_parameter(name, weight, learns);
  mine.emplace_back(gguf_name, weight);
  return weight;
}

Tensor Decoder::Add(const std::string& gguf_name, at::IntArrayRef size, double deviation) {
  return Register(gguf_name, Draw(size, deviation), &Decoder::weights_);
}

Tensor Decoder::AddFilled(const std::string& gguf_name, int64_t size, double value) {
  Tensor weight = Add(gguf_name, {size}, 1.0);
  if (!generator_.defined()) return weight;
  torch::NoGradGuard no_grad;
  return weight.fill_(value);
}

void Decoder::AddLayer(int64_t index) {
  const std::string blk = "blk." + std::to_string(index) + ".";
  const DecoderShape& s = shape_;
  const int64_t query = s.heads * s.head_dim;
  const int64_t key = s.kv_heads * s.head_dim;
  const double fan_in = 1.0 / std::sqrt(static_cast<double>(s.width));
  // What is added to the residual stream shrinks with depth (GPT-2's initialisation).
  const double depth = 1.0 / std::sqrt(2.0 * static_cast<double>(s.layers));
  Layer layer;
  layer.attn_norm = AddFilled(blk + "attn_norm.weight", s.width, 1.0);
  layer.q.weight = Add(blk + "attn_q.weight", {query, s.width}, fan_in);
  layer.k.weight = Add(blk + "attn_k.weight", {key, s.width}, fan_in);
  layer.v.weight = Add(blk + "attn_v.weight", {key, s.width}, fan_in);
  if (s.qkv_bias) {
    layer.q.bias = AddFilled(blk + "attn_q.bias", query, 0.0);
    layer.k.bias = AddFilled(blk + "attn_k.bias", key, 0.0);
    layer.v.bias = AddFilled(blk + "attn_v.bias", key, 0.0);
  }
  if (s.qk_norm) {
    layer.q_norm = AddFilled(blk + "attn_q_norm.weight", s.head_dim, 1.0);
    layer.k_norm = AddFilled(blk + "attn_k_norm.weight", s.head_dim, 1.0);
  }
  layer.attn_out.weight =
      Add(blk + "attn_output.weight", {s.width, query}, depth / std::sqrt(query));
  layer.ff_norm = AddFilled(blk + "ffn_norm.weight", s.width, 1.0);
  layer.gate.weight = Add(blk + "ffn_gate.weight", {s.ff_width, s.width}, fan_in);
  layer.up.weight = Add(blk + "ffn_up.weight", {s.ff_width, s.width}, fan_in);
  layer.down.weight =
      Add(blk + "ffn_down.weight", {s.width, s.ff_width}, depth / std::sqrt(s.ff_width));
  layers_.push_back(layer);
}

std::array<std::pair<const char*, Decoder::Projection*>, 7> Decoder::Projections(Layer& layer) {
  return {{{"attn_q.weight", &layer.q},
           {"attn_k.weight", &layer.k},
           {"attn_v.weight", &layer.v},
           {"attn_output.weight", &layer.attn_out},
           {"ffn_gate.weight", &layer.gate},
           {"ffn_up.weight", &layer.up},
           {"ffn_down.weight", &layer.down}}};
}

void Decoder::AddLora(const LoraShape& lora, uint64_t seed) {
  if (lora_) throw Error("decoder: it has LoRA already; one adapter at a time");
  CheckLora(lora, shape_, "decoder");
  Freeze();
  lora_ = lora;
  generator_ = at::detail::createCPUGenerator(seed);
  AddLoraPairs();
}

void Decoder::AddLoraPairs() {
  const torch::Device device = embedding_.device();
  for (size_t i = 0; i < layers_.size(); ++i) {
    for (const auto& [name, projection] : Projections(layers_[i])) {
      const int64_t out = projection->weight.size(0), in = projection->weight.size(1);
      const std::string gguf_name = "blk." + std::to_string(i) + "." + name;
      const Tensor a = Draw({lora_->rank, in}, 1.0 / std::sqrt(static_cast<double>(in)));
      const Tensor b = torch::zeros({out, lora_->rank});
      projection->lora_a = Register(gguf_name + ".lora_a", a.to(device), &Decoder::lora_weights_);
      projection->lora_b = Register(gguf_name + ".lora_b", b.to(device), &Decoder::lora_weights_);
    }
  }
}

void Decoder::Freeze() {
  for (const auto& [name, weight] : weights_) weight.requires_grad_(false);
  frozen_ = true;
  CastMatrices();
}

void Decoder::CastMatrices() {
  for (const auto& [name, weight] : weights_) {
    if (weight.dim() > 1) weight.set_data(weight.to(compute_type_));
  }
}

void Decoder::set_compute_type(torch::ScalarType type) {
  compute_type_ = type;
  if (frozen_) CastMatrices();
}

std::vector<Tensor> Decoder::TrainableParameters() const {
  std::vector<Tensor> trainable;
  for (const Tensor& parameter : parameters()) {
    if (parameter.requires_grad()) trainable.push_back(parameter);
  }
  return trainable;
}

Tensor Decoder::Linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (!bias.defined()) return torch::linear(x.to(compute_type_), weight.to(compute_type_));
  return torch::linear(x.to(compute_type_), weight.to(compute_type_), bias.to(compute_type_));
}

Tensor Decoder::Project(const Tensor& x, const Projection& projection) {
  const Tensor y = Linear(x, projection.weight, projection.bias);
  if (!projection.lora_a.defined()) return y;
  return y + Linear(Linear(x, projection.lora_a) * lora_->Scale(), projection.lora_b);
}

// While the matrices learn they are joined for one product (they are small or cast anyhow); joining
// frozen ones would copy them at every pass.
std::vector<Tensor> Decoder::QueryKeyValue(const Layer& layer, const Tensor& h_BTD) {
  if (frozen_) {
    const Tensor h = h_BTD.to(compute_type_);
    return {Project(h, layer.q), Project(h, layer.k), Project(h, layer.v)};
  }
  Tensor bias;
  if (shape_.qkv_bias) bias = torch::cat({layer.q.bias, layer.k.bias, layer.v.bias});
  const Tensor weight = torch::cat({layer.q.weight, layer.k.weight, layer.v.weight});
  const int64_t query = shape_.heads * shape_.head_dim, key = shape_.kv_heads * shape_.head_dim;
  return Linear(h_BTD, weight, bias).split_with_sizes({query, key, key}, -1);
}

std::vector<Tensor> Decoder::GateUp(const Layer& layer, const Tensor& h_BTD) {
  if (frozen_) {
    const Tensor h = h_BTD.to(compute_type_);
    return {Project(h, layer.gate), Project(h, layer.up)};
  }
  return Linear(h_BTD, torch::cat({layer.gate.weight, layer.up.weight})).chunk(2, -1);
}

Tensor Decoder::Attend(const Layer& layer, const Tensor& h_BTD, const Place& place) {
  const int64_t batch = h_BTD.size(0), tokens = h_BTD.size(1);
  const int64_t heads = shape_.heads, keys = shape_.kv_heads, dim = shape_.head_dim;
  const int64_t group = heads / keys;
  const std::vector<Tensor> parts = QueryKeyValue(layer, h_BTD);
  Tensor q = parts[0].reshape({batch, tokens, heads, dim});
  Tensor k = parts[1].reshape({batch, tokens, keys, dim});
  if (shape_.qk_norm) {
    q = RmsNorm(q, layer.q_norm, shape_.rms_eps);
    k = RmsNorm(k, layer.k_norm, shape_.rms_eps);
  }
  q = Rope(q, place.cos, place.sin).to(compute_type_);
  k = Rope(k, place.cos, place.sin).to(compute_type_);

  const auto by_key_head = [&](const Tensor& x) {  // [B, T, K * n, C] -> [B * K, n * T, C]
    return x.reshape({batch, tokens, keys, -1, dim})
        .permute({0, 2, 3, 1, 4})
        .reshape({batch * keys, -1, dim});
  };
  const Tensor scores =
      torch::baddbmm(place.mask, by_key_head(q), by_key_head(k).transpose(1, 2), /*beta=*/1,
                     /*alpha=*/1.0 / std::sqrt(static_cast<double>(dim)));
  const Tensor mixed = torch::bmm(scores.softmax(-1), by_key_head(parts[2]));
  const Tensor joined = mixed.reshape({batch, keys, group, tokens, dim})
                            .permute({0, 3, 1, 2, 4})
                            .reshape({batch, tokens, heads * dim});
  return Project(joined, layer.attn_out);
}

Tensor Decoder::FeedForward(const Layer& layer, const Tensor& h_BTD) {
  const std::vector<Tensor> parts = GateUp(layer, h_BTD);
  return Project(torch::silu(parts[0]) * parts[1], layer.down);
}

Tensor Decoder::Forward(const Tensor& tokens_BT) {
  if (tokens_BT.dim() != 2 || tokens_BT.size(1) < 1 || tokens_BT.size(1) > shape_.context) {
    throw Error::Format("decoder: {} tokens a row, the context holds 1..{}",
                        tokens_BT.dim() == 2 ? tokens_BT.size(1) : -1, shape_.context);
  }
  const int64_t tokens = tokens_BT.size(1);
  const Tensor mask_TT = CausalMask(tokens, cos_TC_.options().dtype(compute_type_));
  return Run(tokens_BT, {.cos = cos_TC_.narrow(0, 0, tokens).unsqueeze(0).unsqueeze(2),
                         .sin = sin_TC_.narrow(0, 0, tokens).unsqueeze(0).unsqueeze(2),
                         .mask = mask_TT.repeat({shape_.heads / shape_.kv_heads, 1}).unsqueeze(0)});
}

Tensor Decoder::Forward(const Tensor& tokens_BT, const Layout& layout) {
  const int64_t group = shape_.heads / shape_.kv_heads;
  const Tensor mask = layout.mask_BTT.to(compute_type_).repeat({1, group, 1});
  return Run(tokens_BT, {.cos = cos_TC_.index({layout.positions_BT}).unsqueeze(2),
                         .sin = sin_TC_.index({layout.positions_BT}).unsqueeze(2),
                         .mask = mask.repeat_interleave(shape_.kv_heads, 0)});
}

Tensor Decoder::Run(const Tensor& tokens_BT, const Place& place) {
  const bool checkpointed = checkpointing_ && torch::GradMode::is_enabled();
  Tensor x = Widen(torch::embedding(embedding_, tokens_BT));
  for (Layer& layer : layers_) {
    x = checkpointed ? RunCheckpointed(layer, x, place) : RunLayer(layer, x, place);
  }
  return RmsNorm(x, output_norm_, shape_.rms_eps);
}

Tensor Decoder::RunLayer(const Layer& layer, const Tensor& x_BTD, const Place& place) {
  const Tensor x = x_BTD + Attend(layer, RmsNorm(x_BTD, layer.attn_norm, shape_.rms_eps), place);
  return x + FeedForward(layer, RmsNorm(x, layer.ff_norm, shape_.rms_eps));
}

Tensor Decoder::RunCheckpointed(Layer& layer, const Tensor& x_BTD, const Place& place) {
  std::vector<Tensor> learning;
  const auto add = [&](const Tensor& weight) {
    if (weight.defined() && weight.requires_grad()) learning.push_back(weight);
  };
  for (const Tensor& norm : {layer.attn_norm, layer.q_norm, layer.k_norm, layer.ff_norm}) add(norm);
  for (const auto& [name, projection] : Projections(layer)) {
    for (const Tensor& weight :
         {projection->weight, projection->bias, projection->lora_a, projection->lora_b}) {
      add(weight);
    }
  }
  return Checkpoint([this, &layer, place](const Tensor& x) { return RunLayer(layer, x, place); },
                    x_BTD, learning);
}

Tensor Decoder::Logits(const Tensor& hidden) { return Widen(Linear(hidden, output_)); }

}  // namespace pgts::model
