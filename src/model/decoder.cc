// SPDX-License-Identifier: Apache-2.0
#include "model/decoder.h"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"

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

Decoder::Decoder(const DecoderShape& shape, uint64_t seed)
    : shape_(shape), generator_(at::detail::createCPUGenerator(seed)) {
  CheckShape(shape, "decoder");
  const double fan_in = 1.0 / std::sqrt(static_cast<double>(shape.width));
  embedding_ = Add("token_embd.weight", {shape.vocab, shape.width}, fan_in);
  for (int64_t i = 0; i < shape.layers; ++i) AddLayer(i);
  output_norm_ = AddFilled("output_norm.weight", shape.width, 1.0);
  output_ = shape.tied ? embedding_ : Add("output.weight", {shape.vocab, shape.width}, fan_in);

  const auto wide = torch::TensorOptions(torch::kFloat64);
  const Tensor power = torch::arange(0, shape.head_dim, 2, wide) / shape.head_dim;
  const Tensor angle =
      torch::outer(torch::arange(shape.context, wide), torch::pow(shape.rope_theta, -power));
  const Tensor twice = torch::cat({angle, angle}, -1);
  cos_TC_ = register_buffer("cos", twice.cos().to(torch::kFloat32));
  sin_TC_ = register_buffer("sin", twice.sin().to(torch::kFloat32));
}

Tensor Decoder::Add(const std::string& gguf_name, at::IntArrayRef size, double deviation) {
  std::string name = gguf_name;  // LibTorch allows no dots in a parameter's name
  std::replace(name.begin(), name.end(), '.', '_');
  Tensor weight = torch::empty(size, torch::kFloat32);
  weight.normal_(0.0, deviation, generator_);
  weight = register_parameter(name, weight);
  weights_.emplace_back(gguf_name, weight);
  return weight;
}

Tensor Decoder::AddFilled(const std::string& gguf_name, int64_t size, double value) {
  Tensor weight = Add(gguf_name, {size}, 1.0);
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
  layer.q = Add(blk + "attn_q.weight", {query, s.width}, fan_in);
  layer.k = Add(blk + "attn_k.weight", {key, s.width}, fan_in);
  layer.v = Add(blk + "attn_v.weight", {key, s.width}, fan_in);
  if (s.qkv_bias) {
    layer.q_bias = AddFilled(blk + "attn_q.bias", query, 0.0);
    layer.k_bias = AddFilled(blk + "attn_k.bias", key, 0.0);
    layer.v_bias = AddFilled(blk + "attn_v.bias", key, 0.0);
  }
  if (s.qk_norm) {
    layer.q_norm = AddFilled(blk + "attn_q_norm.weight", s.head_dim, 1.0);
    layer.k_norm = AddFilled(blk + "attn_k_norm.weight", s.head_dim, 1.0);
  }
  layer.attn_out = Add(blk + "attn_output.weight", {s.width, query}, depth / std::sqrt(query));
  layer.ff_norm = AddFilled(blk + "ffn_norm.weight", s.width, 1.0);
  layer.gate = Add(blk + "ffn_gate.weight", {s.ff_width, s.width}, fan_in);
  layer.up = Add(blk + "ffn_up.weight", {s.ff_width, s.width}, fan_in);
  layer.down = Add(blk + "ffn_down.weight", {s.width, s.ff_width}, depth / std::sqrt(s.ff_width));
  layers_.push_back(layer);
}

Tensor Decoder::Linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (!bias.defined()) return torch::linear(x.to(compute_type_), weight.to(compute_type_));
  return torch::linear(x.to(compute_type_), weight.to(compute_type_), bias.to(compute_type_));
}

Tensor Decoder::Attend(const Layer& layer, const Tensor& h_BTD, const Place& place) {
  const int64_t batch = h_BTD.size(0), tokens = h_BTD.size(1);
  const int64_t heads = shape_.heads, keys = shape_.kv_heads, dim = shape_.head_dim;
  const int64_t group = heads / keys;
  Tensor bias;
  if (shape_.qkv_bias) bias = torch::cat({layer.q_bias, layer.k_bias, layer.v_bias});
  const Tensor all = Linear(h_BTD, torch::cat({layer.q, layer.k, layer.v}), bias);
  const auto parts = all.split_with_sizes({heads * dim, keys * dim, keys * dim}, -1);
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
  return Linear(joined, layer.attn_out);
}

Tensor Decoder::FeedForward(const Layer& layer, const Tensor& h_BTD) {
  const auto parts = Linear(h_BTD, torch::cat({layer.gate, layer.up})).chunk(2, -1);
  return Linear(torch::silu(parts[0]) * parts[1], layer.down);
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
  Tensor x = torch::embedding(embedding_, tokens_BT);
  for (const Layer& layer : layers_) {
    x = x + Attend(layer, RmsNorm(x, layer.attn_norm, shape_.rms_eps), place);
    x = x + FeedForward(layer, RmsNorm(x, layer.ff_norm, shape_.rms_eps));
  }
  return RmsNorm(x, output_norm_, shape_.rms_eps);
}

Tensor Decoder::Logits(const Tensor& hidden) { return Widen(Linear(hidden, output_)); }

}  // namespace pgts::model
