// SPDX-License-Identifier: Apache-2.0
// The trainable decoder: the Qwen3 architecture (Qwen2 by its two switches), as llama.cpp computes
// it, so that what is trained here runs there (tests/decoder_llama_test.cc holds the two together).
//
//   x = embedding[token]
//   per layer:  x += Wo · attention(rope(norm(Wq h)), rope(norm(Wk h)), Wv h),   h = norm(x)
//               x += Wdown · (silu(Wgate h) * Wup h),                             h = norm(x)
//   hidden = norm(x);  logits = embedding · hidden   (or an output matrix of its own)
//
// norm is RMSNorm with a gain; rope turns the pairs (i, i + head_dim/2) (the "neox" order);
// attention is causal, so tokens to the right of a sequence's end (padding) change nothing before
// them and need no mask. Weights are float32 masters; matrix products run in `compute_type`.
//
// Shape suffixes: B batch, T tokens, D width, H heads, K key heads, G = H/K, C head_dim, V vocab.
#pragma once

#include <torch/nn/module.h>

#include <string>
#include <utility>
#include <vector>

#include "model/decoder_shape.h"

namespace pgts::model {

// The one way in which several threads may share a decoder: forward passes under NoGradGuard.
class Decoder : public torch::nn::Module {
 public:
  // Random weights from `seed` (normal, scaled by the matrices' fan-in; norms 1, biases 0).
  explicit Decoder(const DecoderShape& shape, uint64_t seed = 0);

  const DecoderShape& shape() const { return shape_; }

  // float32 (default) or bfloat16; norms, softmax statistics and the residual stream stay float32.
  void set_compute_type(torch::ScalarType type) { compute_type_ = type; }
  torch::ScalarType compute_type() const { return compute_type_; }

  // tokens_BT: int64, each in [0, vocab), T <= context. Returns float32 hidden states after the
  // last norm, [B, T, D]. Rows of padding hold values without meaning.
  torch::Tensor Forward(const torch::Tensor& tokens_BT);

  // The same where a row is not a plain sequence but, say, a tree of continuations after one
  // prompt: each token names its position and the tokens that it sees (itself among them).
  struct Layout {
    torch::Tensor positions_BT;  // int64, each in [0, context)
    torch::Tensor mask_BTT;      // float32, added to attention scores: 0 seen, -infinity hidden
  };
  // T may exceed the context, positions may not.
  torch::Tensor Forward(const torch::Tensor& tokens_BT, const Layout& layout);

  // hidden: [..., D] -> float32 logits [..., V].
  torch::Tensor Logits(const torch::Tensor& hidden);

  // Every weight under its GGUF name ("blk.0.attn_q.weight"), in file order. The tensors share
  // memory with the model. Matrices are [out, in]; a tied output matrix is not listed.
  using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;
  const NamedTensors& Weights() const { return weights_; }

 private:
  struct Layer {
    torch::Tensor attn_norm, q, k, v, q_bias, k_bias, v_bias, q_norm, k_norm, attn_out;
    torch::Tensor ff_norm, gate, up, down;
  };

  void AddLayer(int64_t index);
  torch::Tensor Add(const std::string& gguf_name, at::IntArrayRef size, double deviation);
  torch::Tensor AddFilled(const std::string& gguf_name, int64_t size, double value);
  torch::Tensor Linear(const torch::Tensor& x, const torch::Tensor& weight,
                       const torch::Tensor& bias = {});
  // Where the tokens stand and what they see, in the form that attention wants.
  struct Place {
    torch::Tensor cos, sin;  // [1 or B, T, 1, C]
    torch::Tensor mask;      // [1 or B * K, G * T, T]
  };
  torch::Tensor Run(const torch::Tensor& tokens_BT, const Place& place);
  torch::Tensor Attend(const Layer& layer, const torch::Tensor& h_BTD, const Place& place);
  torch::Tensor FeedForward(const Layer& layer, const torch::Tensor& h_BTD);

  DecoderShape shape_;
  torch::ScalarType compute_type_ = torch::kFloat32;
  torch::Generator generator_;
  NamedTensors weights_;
  std::vector<Layer> layers_;
  torch::Tensor embedding_, output_norm_, output_;
  torch::Tensor cos_TC_, sin_TC_;  // [context, head_dim]; buffers, so that they follow to()
};

}  // namespace pgts::model
